/** Problems by status and code, each with what it means. */
export type ProblemCodes = Readonly<Record<number, Readonly<Record<string, string>>>>;

/** What any request may be refused with, whatever it asks for. */
export const ANY_REQUEST: ProblemCodes = {
  400: {
    MALFORMED_REQUEST: 'The request is not valid HTTP, or has no valid Host',
    MALFORMED_URL: 'The URL is not percent-encoded UTF-8',
    NUL_CHARACTER: 'The URL has a NUL character',
    LONE_SURROGATE: 'The URL has a lone surrogate',
  },
  408: { REQUEST_TIMEOUT: 'The request took too long to arrive' },
  417: { EXPECTATION_FAILED: 'The only expectation that is met is 100-continue' },
  421: { UNKNOWN_HOST: 'The service is not called by this name; see ALLOWED_HOSTS' },
  431: { HEADERS_TOO_LARGE: 'The URL and the headers are too large' },
  500: { INTERNAL_ERROR: 'Unexpected; the X-Correlation-Id finds it in the log' },
  503: { DATABASE_UNAVAILABLE: 'The database is away for a moment: nothing was done' },
};

/** Of methods that change something: pages of other sites may not. */
export const CHANGING: ProblemCodes = {
  403: { FOREIGN_ORIGIN: 'Pages of other sites may not do this; see ALLOWED_ORIGINS' },
  503: { OUTCOME_UNKNOWN: 'Done or not: the connection to the database was lost during COMMIT' },
};

export const WITH_PARAMETERS: ProblemCodes = {
  400: { VALIDATION_FAILED: 'Some fields are invalid; errors names all of them' },
};

export const WITH_CURSOR: ProblemCodes = {
  400: { INVALID_CURSOR: 'The cursor is not one that this list has given out' },
};

export const WITH_BODY: ProblemCodes = {
  400: {
    VALIDATION_FAILED: 'Some fields are invalid; errors names all of them',
    MALFORMED_JSON: 'The body is not JSON in UTF-8',
    MALFORMED_BODY: 'The body is not as long as Content-Length says',
    REQUEST_ABORTED: 'The request ended before its body did',
  },
  413: { BODY_TOO_LARGE: 'The body is too large' },
  415: { UNSUPPORTED_MEDIA_TYPE: 'The body is not application/json in UTF-8' },
};

/** Of what is the operators'. */
export const OPERATORS: ProblemCodes = {
  401: { ADMIN_TOKEN_REQUIRED: 'ADMIN_TOKEN is set, and not given' },
  403: { THIS_MACHINE_ONLY: 'ADMIN_TOKEN is not set, so only this machine is answered' },
};

/** All of them in one, in their order; of a code that is there twice the first meaning counts. */
export function mergeProblems(all: readonly ProblemCodes[]): ProblemCodes {
  const merged: Record<number, Record<string, string>> = {};
  for (const problems of all) {
    for (const [status, codes] of Object.entries(problems)) {
      const known = (merged[Number(status)] ??= {});
      for (const [code, meaning] of Object.entries(codes)) known[code] ??= meaning;
    }
  }
  return merged;
}
