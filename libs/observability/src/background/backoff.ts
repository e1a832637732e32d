/** Bounds of the pauses between attempts, in milliseconds. */
export interface Backoff {
  /** About the first pause; each further one is twice as long. */
  readonly baseMs: number;
  /** No pause is longer. */
  readonly maxMs: number;
  /** The largest part of a pause, from 0 to 1, that chance takes off. @default 0.5 */
  readonly jitter?: number;
}

/**
 * How long to wait after `failures` failures in a row (from 1): exponential, with a random part taken off, so that what failed
 * together doesn't come back together. `random` gives 0 <= n < 1.
 */
export function backoffMs(
  failures: number,
  { baseMs, maxMs, jitter = 0.5 }: Backoff,
  random: () => number = Math.random,
): number {
  const pause = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 40));
  return pause * (1 - jitter * random());
}
