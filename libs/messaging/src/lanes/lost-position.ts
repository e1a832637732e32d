import type { LaneLag, LanePosition, LostLog } from '../broker.js';
import type { LaneIssue } from './lane-ledger.js';

/** A position that an adapter could not continue from. */
export interface LostPosition extends LanePosition {
  readonly log: LostLog | undefined;
}

/** What is lost, by the lane as it is now. @returns `undefined` where comparing positions tells */
export function issueOfLost({ topic, partition, next, log }: LostPosition, { first }: LaneLag): LaneIssue | undefined {
  if (BigInt(first) > BigInt(next)) {
    const reason = `the broker no longer had the records from ${next} on; its earliest was ${first}`;
    return { kind: 'lost', topic, partition, first: next, next: first, reason };
  }
  if (log !== 'replaced') return undefined;
  // The new one may have outgrown the position, and then nothing else tells.
  const reason = `the broker's log isn't the one that was read up to ${next}, or has lost its end since; it is read again from ${first}`;
  return { kind: 'replaced', topic, partition, first, next, reason };
}
