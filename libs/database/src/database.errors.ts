import { types } from 'node:util';

/** A write was asked for outside a live transaction. */
export class NotInTransactionError extends Error {
  readonly code = 'NOT_IN_TRANSACTION';

  constructor(operation: string) {
    super(`${operation} needs a live Transaction of @waybill/database; open one with Database.transaction()`);
  }
}

/**
 * The connection was lost while COMMIT was on its way: PostgreSQL may have committed or not. Whoever sees this redoes the
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

const TRANSIENT_SQLSTATES = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available
  '57P01', // admin_shutdown (pg_terminate_backend)
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
  '53300', // too_many_connections
]);

const TRANSIENT_NODE_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);

const LOST_CONNECTION =
  /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Client was closed/;

/**
 * Whether the error is the infrastructure's (deadlock, serialization failure, lost connection, ambiguous commit) and the
 * same work may succeed when it is done again. Never true for an error of the work itself.
 */
export function isTransientDatabaseError(error: unknown): boolean {
  if (!types.isNativeError(error)) return false; // also of another realm, as the sockets' errors are under Jest
  if (error instanceof AmbiguousCommitError) return true;
  const code = codeOf(error);
  if (
    code !== undefined &&
    (TRANSIENT_SQLSTATES.has(code) || code.startsWith('08') || TRANSIENT_NODE_CODES.has(code))
  ) {
    return true;
  }
  if (code === undefined && LOST_CONNECTION.test(error.message)) return true;
  return isTransientDatabaseError(error.cause ?? ('driverError' in error ? error.driverError : undefined));
}

/** The connection is gone, or on its way out: the server said goodbye before the socket closed. Nobody should be given it. */
export function isLostConnection(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  if (error instanceof AmbiguousCommitError) return true;
  const code = codeOf(error);
  if (code === undefined) return LOST_CONNECTION.test(error.message) || isLostConnection(error.cause);
  return code.startsWith('08') || code.startsWith('57P') || TRANSIENT_NODE_CODES.has(code);
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
