import type { Lane } from '../broker.js';
import type { Delivery } from './delivery.js';

/** A lane whose position doesn't move although records wait. */
export interface LaneStill extends Lane {
  /** Of the record that the position waits for. */
  readonly position: string;
  readonly forMs: number;
  readonly reason: string;
}

export const DEFAULT_STILL_AFTER_MS = 60_000;

/** What the head of a lane waits for, as far as the delivery itself tells. */
export function whyStill({ read: { reading }, failure }: Delivery): string {
  if (failure !== undefined) return 'its failure has not been recorded';
  if (reading.kind === 'by-reference') return 'its payload has not been fetched';
  if (reading.kind === 'message' && reading.handler.definition.kind === 'outside-call') {
    return `the call of ${reading.handler.definition.name} has not ended`;
  }
  return 'its handler has not ended';
}

/** One sentence for an operator for each lane that has stood still for too long. */
export function describeStill(
  lanes: readonly LaneStill[],
  stillAfterMs: number = DEFAULT_STILL_AFTER_MS,
): readonly string[] {
  return lanes
    .filter(({ forMs }) => forMs >= stillAfterMs)
    .map(({ topic, partition, position, forMs, reason }) => {
      const seconds = Math.floor(forMs / 1_000);
      return `degraded: lane ${topic}/${partition} stands still at ${position} for ${seconds} s: ${reason}`;
    });
}
