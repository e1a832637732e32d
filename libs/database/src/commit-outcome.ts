import { types } from 'node:util';

import { sqlStateOf } from './database.errors.js';

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

/** A refusal by the server carries a SQLSTATE; what has none, or says that the connection is lost, is the connection's end. */
export function leavesOutcomeOpen(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === undefined || state === '40003' || state.startsWith('08') || state.startsWith('57P');
}

/** pg's words for a statement that met a connection known to be lost: COMMIT hasn't left, so nothing is ambiguous. */
export function wasNeverSent(error: unknown): boolean {
  return types.isNativeError(error) && error.message.includes('connection error and is not queryable');
}
