import type { LaneLag } from '../broker.js';
import { laneId } from './lane-id.js';
import type { LaneIssue, LaneMark, OpenLaneIssue } from './lane-ledger.js';

/**
 * Whether the service's database is an older copy of the one that left the group's positions, and how far it has come with reading
 * again what it has forgotten. `unknown` until the lanes were first compared, which takes the broker; `read-again` until an operator
 * settles them.
 */
export type Restoration =
  | { readonly state: 'unknown' | 'none' }
  | {
      readonly state: 'reading-again' | 'read-again';
      /** When that was last found, by the database's clock. What was written later isn't of the copy. */
      readonly foundAt: Date;
    };

/** By the open issues, and by how far lanes were handled, by `laneId`. What has expired isn't read again. */
export function restorationOf(
  open: readonly OpenLaneIssue[],
  marks: ReadonlyMap<string, LaneMark>,
  lanes: readonly LaneLag[],
): Restoration {
  const skipped = open.filter(({ kind }) => kind === 'skipped');
  if (skipped.length === 0) return { state: 'none' };
  const isBehind = (issue: LaneIssue): boolean => {
    const lane = lanes.find((each) => laneId(each) === laneId(issue));
    if (lane === undefined) return false;
    const [handled, first] = [BigInt(marks.get(laneId(issue))?.next ?? 0), BigInt(lane.first)];
    const [forgotten, end] = [BigInt(issue.next), BigInt(lane.end)];
    return (handled < first ? first : handled) < (forgotten < end ? forgotten : end);
  };
  const foundAt = new Date(Math.max(...skipped.map((issue) => issue.foundAt.getTime())));
  return { state: skipped.some(isBehind) ? 'reading-again' : 'read-again', foundAt };
}
