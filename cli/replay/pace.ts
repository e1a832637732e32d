/** Without a rate: pages large enough to be quick, small enough that Ctrl-C is heard soon. */
const PAGE = 100;

export interface Pace {
  /** Most letters that the next page may take. */
  readonly limit: number;
  /** How long to wait before it, in milliseconds. */
  readonly delayMs: number;
}

export interface PaceSoFar {
  readonly ratePerSecond: number | undefined;
  readonly sent: number;
  readonly elapsedMs: number;
  /** Letters that may still be taken. */
  readonly left: number;
}

/** A page is about a second's worth of letters, and starts no earlier than the rate allows: no burst after a slow page either. */
export function nextPage({ ratePerSecond, sent, elapsedMs, left }: PaceSoFar): Pace {
  if (ratePerSecond === undefined) return { limit: Math.min(PAGE, left), delayMs: 0 };
  const limit = Math.min(PAGE, left, Math.max(1, Math.floor(ratePerSecond)));
  return { limit, delayMs: Math.max(0, (sent / ratePerSecond) * 1000 - elapsedMs) };
}
