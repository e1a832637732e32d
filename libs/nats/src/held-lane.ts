import type { Lane, LanePosition } from '@waybill/messaging';

import type { LaneEntry } from './group-state.js';
import type { LaneReader, LaneStart } from './lane-reader.js';

interface Done {
  readonly next: string;
  /** Tells the record before it. */
  readonly record: string | undefined;
}

/** A lane that is this member's by the group's bucket. */
export interface OwnLane {
  readonly lane: Lane;
  /** As this member has written it last. */
  entry: LaneEntry;
  revision: number;
  /** Acknowledged, and maybe not written yet. */
  done: Done | undefined;
  /** Where reading begins, unless more of it is done. */
  start: LaneStart;
}

export interface HeldLane extends OwnLane {
  readonly reader: LaneReader;
}

export const AT_THE_EARLIEST: LaneStart = { log: undefined, next: undefined, record: undefined };

export function positionOf({ lane, done }: HeldLane): LanePosition {
  return { ...lane, next: done?.next ?? '0' };
}

/** Whether more is done, or of another log, than its entry says. */
export function hasMoved({ done, entry, reader }: HeldLane): boolean {
  if (done === undefined) return false;
  return done.next !== entry.next || done.record !== entry.record || reader.log !== entry.log;
}
