import type { LagReader, Lane, LaneLag, SubscriptionOptions } from '@waybill/messaging';

import { readLane } from './group-bucket.js';
import { countLanes, laneId, laneLog } from './lane-streams.js';
import type { LaneLog } from './lane-streams.js';
import type { NatsNames } from './names.js';
import type { Nats, NatsLink } from './nats-connection.js';
import { isMissing, isStreamMissing } from './nats-errors.js';

interface Oldest {
  readonly log: string;
  readonly next: bigint;
  readonly atMs: number;
}

/**
 * A group's positions against the lanes' streams: two small requests a lane, and a third where the oldest record that waits is another one than at the
 * reading before. Its age is told by the time at which a server took it.
 */
export class NatsLagReader implements LagReader {
  readonly #oldest = new Map<string, Oldest>();
  #closed = false;

  constructor(
    private readonly link: NatsLink,
    private readonly names: NatsNames,
    private readonly options: SubscriptionOptions,
  ) {}

  async read(): Promise<readonly LaneLag[]> {
    if (this.#closed) throw new Error('The lag reader is closed');
    const nats = await this.link.open();
    if (!this.link.isUp) throw new Error('There is no connection to NATS');
    const lanes = await Promise.all(
      this.options.topics.map(async (topic) => {
        const count = await countLanes(nats.jsm, this.names, topic);
        return Array.from({ length: count }, (_, partition) => this.#lagOf(nats, { topic, partition }));
      }),
    );
    return (await Promise.all(lanes.flat())).flatMap((lag) => lag ?? []);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  async #lagOf(nats: Nats, lane: Lane): Promise<LaneLag | undefined> {
    const log = await laneLog(nats.jsm, this.names, lane).catch((error: unknown) => {
      if (isStreamMissing(error)) return undefined; // deleted a moment ago, or alone
      throw error;
    });
    if (log === undefined) return undefined;
    const known = await readLane(nats, this.names, this.options.group, lane);
    // A position of a log that is gone says nothing of this one.
    const { next, owner } = known.log === undefined || known.log === log.id ? known : {};
    const from = startIn(log, next);
    const messages = Number(log.end - from) - (await this.#deletedFrom(nats, lane, log, from));
    const ageMs = messages > 0 ? await this.#ageOf(nats, lane, log, from) : 0;
    return { ...lane, messages, ageMs, first: `${log.first}`, next, owner, end: `${log.end}` };
  }

  /** Records that were deleted one by one, which is rare. */
  async #deletedFrom({ jsm }: Nats, lane: Lane, { info }: LaneLog, from: bigint): Promise<number> {
    if ((info.state.num_deleted ?? 0) === 0) return 0;
    const { state } = await jsm.streams.info(this.names.stream(lane), { deleted_details: true });
    return (state.deleted ?? []).filter((sequence) => BigInt(sequence) > from).length;
  }

  async #ageOf({ jsm }: Nats, lane: Lane, { id: log }: LaneLog, next: bigint): Promise<number> {
    const known = this.#oldest.get(laneId(lane));
    if (known && known.log === log && known.next === next) return ageSince(known.atMs);
    try {
      const query = { seq: Number(next) + 1, next_by_subj: this.names.subject(lane) };
      const stored = await jsm.streams.getMessage(this.names.stream(lane), query);
      if (stored === null) return 0;
      const atMs = stored.time.getTime();
      this.#oldest.set(laneId(lane), { log, next, atMs });
      return ageSince(atMs);
    } catch (error) {
      if (isMissing(error)) return 0; // deleted meanwhile
      throw error;
    }
  }
}

/** Nothing acknowledged, or nothing left there: a group begins at the earliest record. */
function startIn({ first, end }: LaneLog, next: string | undefined): bigint {
  const position = next === undefined ? first : BigInt(next);
  return position < first || position > end ? first : position;
}

/** The servers' clock may be a little ahead of ours. */
function ageSince(atMs: number): number {
  return Math.max(0, Date.now() - atMs);
}
