/** Bounds of the pauses between attempts, in milliseconds. */
export interface Backoff {
  /** About the first pause; each further one is twice as long. */
  readonly baseMs: number;
  /** No pause is longer. */
  readonly maxMs: number;
}

/**
 * How long to wait after `failures` failures in a row (from 1): exponential, with half of it random, so that what failed
 * together doesn't come back together.
 */
export function backoffMs(failures: number, { baseMs, maxMs }: Backoff): number {
  const pause = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30));
  return pause / 2 + Math.random() * (pause / 2);
}
