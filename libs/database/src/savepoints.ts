import type { QueryRunner } from 'typeorm';

import { NotInTransactionError, SavepointLeftOpenError } from './database.errors.js';

/** What TypeORM counts its savepoints by; its types hide the field. */
type Counting = QueryRunner & { transactionDepth: number };

/**
 * Tells TypeORM that a transaction is open, or `save()` would open its own, and leaves it the savepoints alone. Where the server refuses
 * SAVEPOINT, as it does once a statement has failed, TypeORM ends one level too many: the outermost would be the transaction itself, rolled
 * back or committed behind our back, and whatever came after it would commit by itself.
 */
export function openFor(runner: QueryRunner): void {
  const counting = runner as Counting;
  const commitTransaction = runner.commitTransaction.bind(runner);
  const rollbackTransaction = runner.rollbackTransaction.bind(runner);
  const inSavepoint = (end: () => Promise<void>) => async (): Promise<void> => {
    if (counting.transactionDepth <= 1) throw new NotInTransactionError('The end of a savepoint that was never set');
    await end();
  };
  Object.assign(runner, {
    isTransactionActive: true,
    transactionDepth: 1,
    commitTransaction: inSavepoint(commitTransaction),
    rollbackTransaction: inSavepoint(rollbackTransaction),
  });
}

export function closeFor(runner: QueryRunner): void {
  Object.assign(runner, { isTransactionActive: false, transactionDepth: 0 });
}

export function isInSavepoint(runner: QueryRunner): boolean {
  return (runner as Counting).transactionDepth !== 1;
}

/** @throws SavepointLeftOpenError */
export function assertNoneOpen(runner: QueryRunner): void {
  if (isInSavepoint(runner)) throw new SavepointLeftOpenError();
}
