/** What the lab tells of its lessons, as far as the page reads it. */
export type Side = 'naive' | 'waybill';
export type Mark = 'ok' | 'waiting' | 'fault' | 'lost' | 'again' | 'undone';

export interface Station {
  readonly id: string;
  readonly label: string;
}

interface Link {
  readonly label: string;
  readonly path: string;
}

export interface Lesson {
  readonly name: string;
  readonly title: string;
  readonly problem: string;
  readonly stations: readonly Station[];
  readonly tokens: readonly string[];
  readonly code: Readonly<Record<Side, string>>;
  readonly docs: readonly Link[];
  readonly screen: Link;
  /** The newest that the lab remembers, from this page or another. */
  readonly latestRun?: Run;
}

export interface Step {
  readonly at: number;
  readonly side: Side;
  readonly token?: string;
  readonly station: string;
  readonly mark: Mark;
  readonly text: string;
}

export interface Fact {
  readonly label: string;
  readonly naive?: number;
  readonly waybill: number;
  readonly expected: number;
}

export interface Run {
  readonly id: string;
  readonly naive: boolean;
  readonly state: 'running' | 'done' | 'failed';
  readonly steps: readonly Step[];
  readonly result?: { readonly facts: readonly Fact[]; readonly naive?: string; readonly waybill: string };
  readonly fault?: string;
}

export const SIDES: readonly Side[] = ['naive', 'waybill'];
export const SIDE_NAMES: Readonly<Record<Side, string>> = { naive: 'Naive', waybill: 'Waybill' };
