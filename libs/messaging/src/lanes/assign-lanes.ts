import type { Lane } from '../broker.js';
import { laneId } from './lane-id.js';

/** A member of a group, as the others know it. */
export interface GroupMember {
  readonly id: string;
  readonly topics: readonly string[];
}

/**
 * Who gets which lane, by `laneId`, where the broker itself doesn't deal them out: every member comes to the same, as it depends on
 * nothing but who there is. Shares differ by one lane at most where all members consume the same topics.
 */
export function assignLanes(members: readonly GroupMember[], lanes: readonly Lane[]): ReadonlyMap<string, string> {
  const inOrder = [...members].sort((a, b) => (a.id < b.id ? -1 : 1));
  const owners = new Map<string, string>();
  const sorted = [...lanes].sort((a, b) =>
    a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1,
  );
  for (const [index, lane] of sorted.entries()) {
    const candidates = inOrder.filter(({ topics }) => topics.includes(lane.topic));
    const owner = candidates[index % candidates.length];
    if (owner !== undefined) owners.set(laneId(lane), owner.id);
  }
  return owners;
}
