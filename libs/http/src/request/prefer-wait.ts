/** How long a client is willing to wait for a final answer (RFC 7240). */
export interface PreferredWait {
  readonly waitMs: number;
  /** Value of the `Preference-Applied` header of the answer, if the wait is granted. */
  readonly applied: string;
}

/** The preferences of a header: what stands between commas, but for those in quoted strings. */
const PREFERENCES = /(?:[^,"]|"(?:[^"\\]|\\.?)*(?:"|$))+/g;
const NAMED_WAIT = /^\s*wait\s*(?=[=;]|$)/i;
const SECONDS = /^\s*wait\s*=\s*(?:(\d+)|"(\d+)")\s*(?=;|$)/i;

/**
 * Reads `Prefer: wait=N`, N in whole seconds, cut to `maxSeconds`. A preference is a wish: one that is malformed or
 * missing gives `undefined`, never an error. Where it is given several times the first counts, even if it is malformed.
 */
export function preferWait(header: string | undefined, maxSeconds = 30): PreferredWait | undefined {
  const preference = header?.match(PREFERENCES)?.find((each) => NAMED_WAIT.test(each));
  const [, token, quoted] = SECONDS.exec(preference ?? '') ?? [];
  const digits = token ?? quoted;
  if (digits === undefined) return undefined;
  const seconds = Math.min(Number(digits), maxSeconds);
  return { waitMs: seconds * 1000, applied: `wait=${seconds}` };
}
