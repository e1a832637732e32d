/** Which letters; the names are those of the admin API. Nothing given: all dead letters. */
export interface LetterFilter {
  readonly type?: string;
  readonly key?: string;
  readonly fingerprint?: string;
  /** Part of the last error. */
  readonly error?: string;
  readonly handler?: string;
  readonly group?: string;
  readonly topic?: string;
  readonly state?: LetterState;
  /** ISO 8601, on the time it became dead or was held. */
  readonly since?: string;
  readonly until?: string;
  readonly ids?: readonly string[];
}

export const LETTER_STATES = ['dead', 'retrying', 'parked', 'handled', 'discarded', 'superseded', 'any'] as const;
export type LetterState = (typeof LETTER_STATES)[number];

/** Who changes something, and why: audited with every change. */
export interface Operator {
  readonly who: string;
  readonly why: string;
}
