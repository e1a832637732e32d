import { LETTER_STATES, type LetterFilter } from '../api/letter-filter.js';
import { CliError } from '../cli.errors.js';
import { parseMoment } from './moment.js';

/** As commander hands them over. */
export interface FilterOptions {
  readonly type?: string;
  readonly key?: string;
  readonly since?: string;
  readonly until?: string;
  readonly error?: string;
  readonly fingerprint?: string;
  readonly group?: string;
  readonly handler?: string;
  readonly topic?: string;
  readonly state?: string;
  readonly id?: readonly string[];
}

const TEXTS = ['type', 'key', 'error', 'fingerprint', 'group', 'handler', 'topic'] as const;

/** @throws CliError BAD_ARGUMENT */
export function filterFrom(options: FilterOptions, nowMs: number): LetterFilter {
  const since = options.since === undefined ? undefined : parseMoment(options.since, '--since', nowMs);
  const until = options.until === undefined ? undefined : parseMoment(options.until, '--until', nowMs);
  if (since !== undefined && until !== undefined && since >= until) {
    throw new CliError('BAD_ARGUMENT', `--since (${since}) is not before --until (${until}): that is an empty period.`);
  }
  const state = LETTER_STATES.find((state) => state === options.state);
  const ids = options.id?.flatMap((ids) => ids.split(',')).filter((id) => id !== '');
  return {
    ...Object.fromEntries(TEXTS.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]))),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(state === undefined ? {} : { state }),
    ...(ids === undefined || ids.length === 0 ? {} : { ids }),
  };
}

export function isEmptyFilter(filter: LetterFilter): boolean {
  return Object.keys(filter).every((name) => name === 'state');
}
