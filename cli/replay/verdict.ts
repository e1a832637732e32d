import type { Tally } from './tally.js';

/** With fewer outcomes than this, a share of failures says little: 1 of 2 is no 50 %. */
const SMALLEST_SAMPLE = 10;

/**
 * Whether so many failed that continuing would do harm. Skipped letters say nothing either way. 0 % aborts at the first failure,
 * 100 % never does.
 */
export function tooManyFailures({ replayed, failed }: Tally, percent: number): boolean {
  return failed > (Math.max(replayed + failed, SMALLEST_SAMPLE) * percent) / 100;
}

export type CanaryVerdict = 'failed' | 'passed' | 'undecided';

/** A canary passes when no letter of it failed and every outcome is known. */
export function canaryVerdict({ failed, pending }: Tally): CanaryVerdict {
  if (failed > 0) return 'failed';
  return pending > 0 ? 'undecided' : 'passed';
}

/** How many letters of the canary a resumed run still owes. */
export function canaryLeft(canary: number, { replayed, skipped, failed, pending }: Tally): number {
  return Math.max(0, canary - (replayed + skipped + failed + pending));
}
