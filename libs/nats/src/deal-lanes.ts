import type { Lane } from '@waybill/messaging';

export interface Dealee {
  readonly id: string;
  /** How many lanes each of its topics has, as far as it knows. */
  readonly topics: Readonly<Record<string, number>>;
}

/**
 * Who shall have which lane. Every member calculates it for itself from the same state, and comes to the same answer. Of each topic the shares
 * differ by one at most, and so do those of all topics together where all members want the same ones. Who has a lane keeps it, as
 * far as its share goes; dealt again, nothing moves.
 */
export function dealLanes(
  members: readonly Dealee[],
  holderOf: (lane: Lane) => string | undefined,
): ReadonlyMap<string, readonly Lane[]> {
  const dealt = new Map(members.map(({ id }) => [id, [] as Lane[]]));
  for (const [topic, count] of lanesOf(members)) {
    const takers = members.filter(({ topics }) => topic in topics).map(({ id }) => id);
    const lanes = Array.from({ length: count }, (_, partition) => ({ topic, partition }));
    const shares = sharesOf(lanes, takers, dealt, holderOf);
    const give = (lane: Lane, to: string): void => {
      shares.set(to, (shares.get(to) ?? 0) - 1);
      dealt.get(to)?.push(lane);
    };
    const moving = lanes.filter((lane) => {
      const holder = holderOf(lane);
      if (holder === undefined || (shares.get(holder) ?? 0) === 0) return true;
      give(lane, holder);
      return false;
    });
    for (const lane of moving) {
      const [to] = [...shares].find(([, left]) => left > 0) ?? [];
      if (to !== undefined) give(lane, to);
    }
  }
  return dealt;
}

/** The topics in the order of their names. Who looked last knows best how many lanes a topic has: they only become more. */
function lanesOf(members: readonly Dealee[]): readonly (readonly [topic: string, lanes: number])[] {
  const counts = new Map<string, number>();
  for (const { topics } of members) {
    for (const [topic, count] of Object.entries(topics)) counts.set(topic, Math.max(count, counts.get(topic) ?? 0));
  }
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** One lane more than others get those that have the fewest yet; among them who holds more of the topic already. */
function sharesOf(
  lanes: readonly Lane[],
  takers: readonly string[],
  dealt: ReadonlyMap<string, readonly Lane[]>,
  holderOf: (lane: Lane) => string | undefined,
): Map<string, number> {
  const held = (id: string): number => lanes.filter((lane) => holderOf(lane) === id).length;
  const total = (id: string): number => dealt.get(id)?.length ?? 0;
  const inOrder = takers.toSorted((a, b) => total(a) - total(b) || held(b) - held(a) || (a < b ? -1 : 1));
  const least = Math.floor(lanes.length / takers.length);
  const more = lanes.length % takers.length;
  return new Map(inOrder.map((id, index) => [id, index < more ? least + 1 : least]));
}
