import type { Lane, LanePosition } from '../broker.js';

/** How far a group has handled a lane, as its service's own database remembers it. */
export interface LaneMark extends LanePosition {
  /** The latest position that the broker is known to have taken. */
  readonly confirmed?: string | undefined;
}

/**
 * What may be wrong with a lane; an operator settles it.
 * `unreadable`: it stands still before records that nobody can read. `lost`: records were deleted before they were handled.
 * `skipped`: the group's position lies beyond what this database has handled, as after a restore; they are read again. `rewound`: the broker has forgotten positions,
 * records are read again. `replaced`: the broker's log ends before what was handled, or isn't the one that was read. `topic-lost`: the topic was gone.
 * `foreign`: the group's positions are another database's; nothing is consumed until they are taken over.
 */
export type LaneIssueKind = 'foreign' | 'lost' | 'replaced' | 'rewound' | 'skipped' | 'topic-lost' | 'unreadable';

export interface LaneIssue extends Lane {
  readonly kind: LaneIssueKind;
  /** The records it is about begin here … */
  readonly first: string;
  /** … and end before this. */
  readonly next: string;
  readonly reason: string;
  /** Of `foreign` positions: the database that left them. */
  readonly owner?: string | undefined;
}

/** Of a topic as a whole. */
export const ALL_LANES = -1;

/** In a few words, with the records that it is about where it isn't about the topic as a whole. */
export function describeIssue({ kind, topic, partition, first, next }: LaneIssue): string {
  return partition === ALL_LANES ? `${kind} ${topic}` : `${kind} ${topic}/${partition} ${first} to ${next}`;
}

export interface OpenLaneIssue extends LaneIssue {
  readonly id: string;
  readonly foundAt: Date;
}

/** Who settles an issue, and why; kept with it. */
export interface LaneOperator {
  readonly who: string;
  readonly why: string;
}

/**
 * Remembers how far lanes were handled and what is wrong with them, in the service's own database: the other side of what the
 * broker says. Implemented by `@waybill/idempotency`.
 */
export interface LaneLedger<Tx> {
  /** Which databases' positions are this one's: its own id, which a copy and a backup keep, first; then those taken over. */
  installations(group: string): Promise<readonly [own: string, ...adopted: string[]]>;
  marks(group: string): Promise<readonly LaneMark[]>;
  /** Raises marks; a position that is lower than the known one changes nothing. */
  mark(group: string, marks: readonly LaneMark[]): Promise<void>;
  /** Sets marks of lanes whose log is another one now, lower ones too; what was confirmed of the old log is forgotten. */
  restart(group: string, marks: readonly LanePosition[]): Promise<void>;
  /** Keeps the issue, once while it is open; not `foreign` positions that were taken over meanwhile. @returns whether an operator has settled this very one */
  report(group: string, issue: LaneIssue): Promise<'open' | 'settled'>;
  /** The oldest first. */
  open(group: string): Promise<readonly OpenLaneIssue[]>;
  /** When records of these topics were last found lost, settled since or not; by the database's clock, in milliseconds since 1970. */
  lastLossAtMs(group: string, topics: readonly string[]): Promise<number | undefined>;
  /** Closes an issue and brings the lane's mark in line with it; `foreign` positions are taken over. @returns `undefined` if there is no such open issue */
  settle(tx: Tx, group: string, id: string, operator: LaneOperator): Promise<LaneIssue | undefined>;
}

/**
 * Records are gone that nobody may have handled. Among those that a restored database has forgotten (`skipped`) are some that the
 * broker no longer has, where the copy is older than their retention; it isn't told apart.
 */
export const LOSSES: ReadonlySet<LaneIssueKind> = new Set(['lost', 'replaced', 'skipped', 'topic-lost']);

/** Of a topic that was gone: which records were in it nobody knows any more. */
export function lossOf(topic: string): LaneIssue {
  const reason = 'the topic was gone and has been created again; what was in it is lost';
  return { kind: 'topic-lost', topic, partition: ALL_LANES, first: '0', next: '0', reason };
}
