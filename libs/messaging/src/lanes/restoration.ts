import type { LaneLag } from '../broker.js';
import { laneId } from './lane-id.js';
import type { LaneIssue, LaneMark } from './lane-ledger.js';

/**
 * Whether the service's database is an older copy of the one that left the group's positions, and how far it has come with reading
 * again what it has forgotten. `unknown` until the lanes were first compared, which takes the broker; `read-again` until an operator
 * settles them.
 */
export type Restoration = 'unknown' | 'none' | 'reading-again' | 'read-again';

/** By the open issues, and by how far lanes were handled, by `laneId`. What has expired isn't read again. */
export function restorationOf(
  open: readonly LaneIssue[],
  marks: ReadonlyMap<string, LaneMark>,
  lanes: readonly LaneLag[],
): Restoration {
  const skipped = open.filter(({ kind }) => kind === 'skipped');
  if (skipped.length === 0) return 'none';
  const isBehind = (issue: LaneIssue): boolean => {
    const lane = lanes.find((each) => laneId(each) === laneId(issue));
    if (lane === undefined) return false;
    const [handled, first] = [BigInt(marks.get(laneId(issue))?.next ?? 0), BigInt(lane.first)];
    const [forgotten, end] = [BigInt(issue.next), BigInt(lane.end)];
    return (handled < first ? first : handled) < (forgotten < end ? forgotten : end);
  };
  return skipped.some(isBehind) ? 'reading-again' : 'read-again';
}
