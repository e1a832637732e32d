const FIRST_MS = 500;
const LONGEST_MS = 30_000;
const STABLE_AFTER_MS = 30_000;

export interface RestartBackoff {
  /** How long to wait before the next start of a process that has just ended, having run that long. */
  next(uptimeMs: number): number;
}

/**
 * Doubles from half a second to 30 s; a process that has run for 30 s starts over at half a second. Its own, as this lib
 * imports no other, and not random: it restarts processes of one machine, and says when.
 */
export function restartBackoff(): RestartBackoff {
  let delayMs = FIRST_MS;
  return {
    next(uptimeMs) {
      const now = uptimeMs >= STABLE_AFTER_MS ? FIRST_MS : delayMs;
      delayMs = Math.min(now * 2, LONGEST_MS);
      return now;
    },
  };
}
