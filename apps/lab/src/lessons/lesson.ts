import type { Stage } from './stage/stage.js';
import type { Side } from './step.js';

export interface Station {
  readonly id: string;
  readonly label: string;
}

/** Counted in tables and topics once both sides have come to rest. `naive` is absent where it wasn't switched on. */
export interface Fact {
  readonly label: string;
  readonly naive?: number;
  readonly waybill: number;
  readonly expected: number;
}

/** What was counted, and a sentence about it for each side that ran. */
export interface LessonResult {
  readonly facts: readonly Fact[];
  readonly naive?: string;
  readonly waybill: string;
}

export interface Link {
  readonly label: string;
  readonly path: string;
}

/** What is told of a lesson before it has run. */
export interface LessonDescription {
  readonly name: string;
  readonly title: string;
  /** What goes wrong, in a sentence. */
  readonly problem: string;
  readonly stations: readonly Station[];
  /** Names of the messages, in their order. */
  readonly tokens: readonly string[];
  /** Files of this repository. */
  readonly code: Readonly<Record<Side, string>>;
  /** What to read next; files of this repository. */
  readonly docs: readonly Link[];
  /** The screen of the console that shows it with real orders. */
  readonly screen: Link;
}

/** A stage for each side; the naive one is absent where it wasn't switched on. */
export interface Stages {
  readonly waybill: Stage;
  readonly naive: Stage | undefined;
  /** Ends whatever still waits on either side. */
  abort(): void;
}

export interface Lesson extends LessonDescription {
  run(stages: Stages): Promise<LessonResult>;
}

interface Acts<Counts> {
  naive(stage: Stage): Promise<Counts>;
  waybill(stage: Stage): Promise<Counts>;
  tell(counted: Counted<Counts>): LessonResult;
}

export interface Counted<Counts> {
  readonly waybill: Counts;
  readonly naive: Counts | undefined;
}

/** Both sides at once, or Waybill's alone; then what was counted. What stops one side stops the other. */
export function sideBySide<Counts>({ naive, waybill, tell }: Acts<Counts>): Lesson['run'] {
  return async (stages) => {
    const ours = waybill(stages.waybill);
    const theirs = stages.naive === undefined ? Promise.resolve(undefined) : naive(stages.naive);
    try {
      const [counts, naiveCounts] = await Promise.all([ours, theirs]);
      return tell({ waybill: counts, naive: naiveCounts });
    } catch (error) {
      stages.abort();
      await Promise.allSettled([ours, theirs]); // neither leaves anything running
      throw error;
    }
  };
}

/** A fact of each side that ran. */
export function fact<Counts>(
  label: string,
  expected: number,
  { waybill, naive }: Counted<Counts>,
  of: (counts: Counts) => number,
): Fact {
  return { label, expected, waybill: of(waybill), ...(naive === undefined ? {} : { naive: of(naive) }) };
}

/** `1 parcel`, `3 parcels`. */
export function many(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

export function euros(cents: number): string {
  return `${(cents / 100).toFixed(2)} EUR`;
}
