import type { HeldState } from './held-rows.js';

/** Which held messages; absent = any, but `state`. */
export interface LetterFilter {
  /** `ce_type`. */
  readonly type?: string;
  readonly key?: Buffer | string;
  readonly fingerprint?: string;
  /** Part of the last error, whatever its case. */
  readonly error?: string;
  /** `Controller.method`. */
  readonly handler?: string;
  readonly topic?: string;
  /** The consumer group; another than the service's own has no letters here. */
  readonly group?: string;
  /** @default 'dead' */
  readonly state?: HeldState | 'any';
  /** Dead, or held, since then. */
  readonly since?: Date;
  /** Dead, or held, before then. */
  readonly until?: Date;
  /** Ids of letters (`seq`). */
  readonly ids?: readonly string[];
}

/** The parameters `$1` to `$11` of every statement that filters letters. */
export function filterParameters(group: string, filter: LetterFilter): readonly unknown[] {
  const { key } = filter;
  return [
    group,
    filter.state ?? 'dead',
    filter.type ?? null,
    key === undefined ? null : Buffer.from(key),
    filter.fingerprint ?? null,
    filter.error ?? null,
    filter.handler ?? null,
    filter.topic ?? null,
    filter.since ?? null,
    filter.until ?? null,
    filter.group !== undefined && filter.group !== group ? [] : (filter.ids ?? null),
  ];
}
