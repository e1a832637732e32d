import type { Transaction } from '@waybill/database';
import type { Request } from 'express';

const transactions = new WeakMap<Request, Transaction>();

/** Runs `work` while `tx` is the request's transaction. */
export async function withTransaction<Result>(
  request: Request,
  tx: Transaction,
  work: () => Promise<Result>,
): Promise<Result> {
  transactions.set(request, tx);
  try {
    return await work();
  } finally {
    transactions.delete(request);
  }
}

export function transactionOf(request: Request): Transaction {
  const tx = transactions.get(request);
  if (!tx) throw new TypeError('@RequestTransaction() needs @Idempotent() on the same handler');
  return tx;
}
