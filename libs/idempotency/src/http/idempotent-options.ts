import type { Request } from 'express';

/** Metadata of an idempotent handler. */
export const IDEMPOTENT = Symbol('waybill:idempotent');

export interface IdempotentOptions {
  /**
   * Whose keys these are, beside method and path. Gets the request before validation: give `undefined` for what isn't
   * there or isn't a string; the request then runs as one without a key, and validation refuses it.
   * @default one scope for all callers
   */
  readonly scope?: (request: Request) => unknown;

  /**
   * Requests without a key that arrive faster than transactions commit share one (see `SharedTransactions` of
   * `@waybill/database`): for handlers that wait for nothing and may run again after a rollback.
   * @default false
   */
  readonly sharesTransaction?: boolean;
}
