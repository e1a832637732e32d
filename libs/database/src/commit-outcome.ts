import { types } from 'node:util';

import { AmbiguousCommitError, CommitRefusedError, sqlStateOf } from './database.errors.js';

/**
 * How deep in async functions a hook may fail so that nothing is committed: each takes a few turns of the queue of promises. What takes
 * longer waits for more than promises, and COMMIT doesn't wait for it.
 */
const TURNS = 20;

/** The first that is rejected without the server, for which nothing needs to be waited but promises. */
export async function failedAtOnce(
  issued: readonly Promise<unknown>[],
): Promise<{ readonly reason: unknown } | undefined> {
  const failed: { readonly reason: unknown }[] = [];
  for (const promise of issued) promise.catch((reason: unknown) => failed.push({ reason }));
  for (let turn = 0; turn < TURNS && issued.length > 0 && failed.length === 0; turn++) await Promise.resolve();
  return failed[0];
}

/** Why nothing was committed, or why nobody knows. @param failures of the statements that travelled with COMMIT */
export function failureOf(commit: PromiseSettledResult<string>, failures: readonly unknown[]): unknown {
  if (commit.status === 'rejected') {
    // A statement that the server refused settles it. Without any answer nobody knows: a connection that breaks takes
    // the answers of the whole burst with it.
    const refused = [...failures, commit.reason].find((reason) => !leavesOutcomeOpen(reason));
    if (refused === undefined && wasNeverSent(commit.reason)) return commit.reason;
    return refused ?? new AmbiguousCommitError(commit.reason);
  }
  const [first = new CommitRefusedError()] = failures;
  // Of several that shared the statement that failed, one may have translated its error.
  return failures.find((error) => types.isNativeError(error) && error.cause === first) ?? first;
}

/** A refusal by the server carries a SQLSTATE; what has none, or says that the connection is lost, is the connection's end. */
function leavesOutcomeOpen(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === undefined || state === '40003' || state.startsWith('08') || state.startsWith('57P');
}

/** pg's words for a statement that met a connection known to be lost: COMMIT hasn't left, so nothing is ambiguous. */
function wasNeverSent(error: unknown): boolean {
  return types.isNativeError(error) && error.message.includes('connection error and is not queryable');
}
