import { types } from 'node:util';

import { isOwnError, markOwnError } from './own-errors.js';
import { meaningOf } from './sqlstates.js';
import type { SqlStateMeaning } from './sqlstates.js';

/** A write was asked for outside a live transaction. */
export class NotInTransactionError extends Error {
  readonly code = 'NOT_IN_TRANSACTION';

  constructor(operation: string) {
    super(`${operation} needs a live Transaction of @waybill/database; open one with Database.transaction()`);
  }
}

/** What would be done at the end of the transaction was asked for inside a savepoint, whose rollback couldn't take it back. */
export class SavepointError extends Error {
  readonly code = 'IN_SAVEPOINT';

  constructor(operation: string) {
    super(
      `${operation} is refused inside a savepoint (manager.transaction() of a transaction): what it keeps for the end of the transaction ` +
        'would be written although the savepoint was rolled back. Call it before or after the savepoint, or use no savepoint',
    );
  }
}

/** A part of a transaction's work was over while a savepoint of it wasn't: what comes next would be undone with it, or kept in spite of it. */
export class SavepointLeftOpenError extends Error {
  readonly code = 'SAVEPOINT_LEFT_OPEN';

  constructor() {
    super('The work ended inside a savepoint (manager.transaction() of a transaction) that it had begun; await it');
  }
}

/** A transaction of another database was given: what is written in it isn't where its readers look. */
export class ForeignTransactionError extends Error {
  readonly code = 'FOREIGN_TRANSACTION';

  constructor(operation: string, given: string, own: string) {
    super(
      `${operation} needs a Transaction of ${own}, and was given one of ${given}; open it with that Database's transaction()`,
    );
  }
}

/**
 * The connection was lost while COMMIT was on its way: PostgreSQL may have committed or not. The one that sees this redoes the
 * work only if it is idempotent (an inbox row or an idempotency key tells).
 */
export class AmbiguousCommitError extends Error {
  readonly code = 'AMBIGUOUS_COMMIT';

  constructor(cause: unknown) {
    super('The connection was lost during COMMIT; whether the transaction was applied is unknown', { cause });
  }
}

/** PostgreSQL answered COMMIT with a rollback, because a statement of the transaction had failed unnoticed. */
export class CommitRefusedError extends Error {
  readonly code = 'COMMIT_REFUSED';

  constructor() {
    super(
      'PostgreSQL rolled the transaction back at COMMIT: one of its statements had failed and its error was swallowed',
    );
  }
}

/** A hook of `beforeCommit` failed after COMMIT had left: the transaction **has** committed. A defect of the hook; nothing is to be run again. */
export class HookTooLateError extends Error {
  readonly code = 'HOOK_TOO_LATE';

  constructor(cause: unknown) {
    const reason = types.isNativeError(cause) ? cause.message : String(cause);
    super(
      'The transaction has committed, but a hook of beforeCommit failed afterwards, as it had waited before it issued its statement ' +
        `or refused what the server answered: ${reason}. Do that in the transaction's work, before it ends`,
      { cause },
    );
  }
}

/**
 * A statement of a transaction failed, and the code that issued it went on as if nothing had happened. PostgreSQL refuses everything
 * after it, whoever asks. `cause` is what the statement failed with; it is the fault of that code, whatever it was.
 */
export class SwallowedFailureError extends Error {
  readonly code = 'FAILURE_SWALLOWED';

  constructor(cause: unknown) {
    const what = types.isNativeError(cause) ? cause.message : String(cause);
    super(
      `A statement failed and its error was swallowed, so PostgreSQL refuses the rest of the transaction: ${what}. Avoid the ` +
        'error (ON CONFLICT DO NOTHING), issue the statement in a savepoint (tx.manager.transaction), or throw the error',
      { cause },
    );
  }
}

/** No transaction became free in time. The work was not carried out, and won't be. */
export class TransactionsBusyError extends Error {
  readonly code = 'TRANSACTIONS_BUSY';

  constructor(waitedMs: number) {
    super(`All shared transactions were busy for ${waitedMs} ms; the work was not carried out, try again later`);
  }
}

/** The database can't be used as it is set up. Nothing but a change of it, or of its defaults, helps. */
export class UnusableDatabaseError extends Error {
  readonly code = 'DATABASE_UNUSABLE';
}

/** The server takes no writes: a standby, or one that was fenced off. Another one may have taken over. */
export class ReadOnlyServerError extends Error {
  readonly code = '25006';

  constructor(detail: string) {
    super(`The PostgreSQL server takes no writes: ${detail}`);
  }
}

/** Faults of the way to the server, as Node names them. */
const NODE_CODES = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** pg's and pg-pool's words; they have no codes. */
const LOST_CONNECTION =
  /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Client was closed|timeout expired|Query read timeout/;

const LOST: SqlStateMeaning = meaningOf('08006');

/** Longer chains of causes than this are circles. */
const MOST_CAUSES = 20;

/**
 * What an error of the database means, whatever wraps it; `undefined` = it is none. Only what a connection of ours was met with is one:
 * a handler's call to somebody else is refused with the same codes (F92), also by another PostgreSQL.
 */
export function databaseFaultOf(error: unknown): SqlStateMeaning | undefined {
  let next = error;
  for (let depth = 0; depth < MOST_CAUSES; depth += 1) {
    if (!types.isNativeError(next)) return undefined; // also of another realm, as the sockets' errors are under Jest
    if (next instanceof HookTooLateError || next instanceof SwallowedFailureError) return undefined; // whatever their cause
    const meaning = meaningOfOne(next);
    if (meaning !== undefined) return meaning;
    next = next.cause ?? ('driverError' in next ? next.driverError : undefined);
  }
  return undefined;
}

function meaningOfOne(error: Error): SqlStateMeaning | undefined {
  if (error instanceof AmbiguousCommitError || error instanceof TransactionsBusyError) return LOST;
  if (error instanceof ReadOnlyServerError) return meaningOf(error.code);
  if (!isOwnError(error)) return undefined;
  const code = codeOf(error);
  if (code === undefined ? LOST_CONNECTION.test(error.message) : NODE_CODES.has(code)) return LOST;
  const state = sqlStateOf(error);
  return state === undefined ? undefined : meaningOf(state);
}

/**
 * Whether the error is the infrastructure's (deadlock, failover, lost connection, full disk, ambiguous commit) and the same
 * work may succeed when it is done again. Never true for an error of the work itself.
 */
export function isTransientDatabaseError(error: unknown): boolean {
  return databaseFaultOf(error)?.fault === 'infrastructure';
}

/** The database can't store or compute this data, however often it is asked. */
export function isDataFault(error: unknown): boolean {
  return databaseFaultOf(error)?.fault === 'data';
}

/** The connection was lost, or can't be had. */
export function isLostConnection(error: unknown): boolean {
  const meaning = databaseFaultOf(error);
  return meaning?.fault === 'infrastructure' && meaning.dropConnection;
}

/** SQLSTATE of a PostgreSQL error, also where TypeORM has wrapped it. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!types.isNativeError(error)) return undefined;
  const code = codeOf(error);
  return code !== undefined && /^(?=.*[0-9])[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * TypeORM gives a lost connection back at once: what is asked of it next fails with words about a query runner that was released, whoever is
 * to blame. @param lost what the connection was lost with while the work ran
 */
export function failureOfWork(error: unknown, lost: Error | undefined): unknown {
  if (lost === undefined || isLostConnection(error)) return error;
  return markOwnError(new Error(`Connection terminated while the work ran: ${lost.message}`, { cause: error }));
}
