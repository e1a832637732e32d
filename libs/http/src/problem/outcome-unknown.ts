import { UnavailableError } from './problem.errors.js';

/** The code of the error that says so, `AmbiguousCommitError` of `@waybill/database`, which this lib doesn't know. */
const AMBIGUOUS_COMMIT = 'AMBIGUOUS_COMMIT';
const DETAIL = 'Whether the request was carried out is unknown; look for its effect before sending it again.';

/**
 * The connection was lost during COMMIT (F36): no failure, since a client that took it for one would do its request twice.
 * An application with better advice for its clients throws a problem of its own.
 */
export function outcomeUnknown(error: unknown): UnavailableError<'OUTCOME_UNKNOWN'> | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== AMBIGUOUS_COMMIT) return undefined;
  return new UnavailableError('OUTCOME_UNKNOWN', DETAIL, 1, { cause: error });
}
