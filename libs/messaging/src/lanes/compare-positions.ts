import type { LaneLag } from '../broker.js';
import type { LaneIssue, LaneMark } from './lane-ledger.js';

/**
 * What the broker says of a lane against what this service's database has handled. `atStart`: nothing is in memory yet, so a
 * record that the broker no longer has won't be handled; later it may be.
 */
export function comparePositions(mark: LaneMark, lane: LaneLag, when: 'at-start' | 'running'): LaneIssue | undefined {
  const { topic, partition } = lane;
  const [handled, first, end] = [BigInt(mark.next), BigInt(lane.first), BigInt(lane.end)];
  const acknowledged = lane.next === undefined ? undefined : BigInt(lane.next);
  const confirmed = mark.confirmed === undefined ? undefined : BigInt(mark.confirmed);
  const issue = (kind: LaneIssue['kind'], from: bigint, to: bigint, reason: string): LaneIssue => {
    return { kind, topic, partition, first: String(from), next: String(to), reason };
  };
  if (end < handled) {
    return issue(
      'replaced',
      end,
      handled,
      `the broker's log ends at ${end}, but records up to ${handled} were handled`,
    );
  }
  if (when === 'at-start' && acknowledged !== undefined && acknowledged > handled) {
    return issue(
      'skipped',
      handled,
      acknowledged,
      `the group's position is ${acknowledged}, but this database has handled records up to ${handled} only; those after it are read again`,
    );
  }
  if (when === 'at-start' && first > handled) {
    return issue(
      'lost',
      handled,
      first,
      `the broker's earliest record is ${first}, but records were handled up to ${handled} only`,
    );
  }
  const resumesAt = acknowledged === undefined || acknowledged < first ? first : acknowledged;
  if (confirmed !== undefined && resumesAt < confirmed) {
    return issue(
      'rewound',
      resumesAt,
      confirmed,
      `the broker no longer knows that the group has read up to ${confirmed}; records from ${resumesAt} on are read again, and the inbox removes them`,
    );
  }
  return undefined;
}
