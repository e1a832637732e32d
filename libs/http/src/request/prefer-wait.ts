/** How long a client is willing to wait for a final answer (RFC 7240). */
export interface PreferredWait {
  readonly waitMs: number;
  /** Value of the `Preference-Applied` header of the answer. */
  readonly applied: string;
}

const WAIT = /(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=$|[,;])/i;

/**
 * Reads `Prefer: wait=N`, N in whole seconds, cut to `maxSeconds`. A preference is a wish: one that is malformed or
 * missing gives `undefined`, never an error. Of several the first counts.
 */
export function preferWait(header: string | undefined, maxSeconds = 30): PreferredWait | undefined {
  const match = header === undefined ? null : WAIT.exec(header);
  if (!match) return undefined;
  const seconds = Math.min(Number(match[1]), maxSeconds);
  return { waitMs: seconds * 1000, applied: `wait=${seconds}` };
}
