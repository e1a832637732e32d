import { assertNoFaults, LONGEST_TIMER_MS, optionFaults } from '@waybill/observability';

export interface HttpIdempotencyOptions {
  /** How long a key is remembered after its answer, in milliseconds. @default 86400000 (24 hours) */
  readonly retentionMs?: number;
  /** How often expired answers are deleted, in milliseconds. @default 600000 (10 minutes) */
  readonly sweepIntervalMs?: number;
}

export type CheckedHttpIdempotencyOptions = Required<HttpIdempotencyOptions>;

export const HTTP_IDEMPOTENCY_OPTIONS = Symbol('HTTP_IDEMPOTENCY_OPTIONS');

const TEN_YEARS_MS = 315_576_000_000;

/** @throws ConfigError listing every option that can't be used. */
export function checkHttpIdempotencyOptions(options: HttpIdempotencyOptions): CheckedHttpIdempotencyOptions {
  const ranges = { retentionMs: [1000, TEN_YEARS_MS], sweepIntervalMs: [100, LONGEST_TIMER_MS] } as const;
  assertNoFaults(optionFaults('HttpIdempotencyModule.', options, ranges));
  const { retentionMs = 86_400_000, sweepIntervalMs = 600_000 } = options;
  return { retentionMs, sweepIntervalMs };
}
