import type { Transaction } from '@waybill/database';

import type { Payment } from '../domain/payment.js';
import type { PaymentRepository, SettledPayment } from './payment.repository.postgres.js';

/** A payment as it was read before its provider was asked, and how the answer changes it. */
export interface Settling {
  readonly before: Payment;
  settle(payment: Payment): Omit<SettledPayment, 'expectedStatus'>;
}

/**
 * Settles payments in one statement; one that somebody else has changed meanwhile is locked, read and settled again, so
 * that the answer is always what the row says at COMMIT.
 * @returns the payments by id, as they now are.
 */
export async function settlePayments(
  payments: PaymentRepository,
  tx: Transaction,
  settlings: readonly Settling[],
): Promise<ReadonlyMap<string, Payment>> {
  const unique = new Map(settlings.map((settling) => [settling.before.id, settling]));
  const first = [...unique.values()].map(({ before, settle }) => ({
    ...settle(before),
    expectedStatus: before.status,
  }));
  const saved = await payments.saveSettled(tx, first);
  const result = new Map(first.map(({ payment }) => [payment.id, payment]));
  const overtaken = first.filter(({ payment }) => !saved.has(payment.id)).map(({ payment }) => payment.orderId);
  if (overtaken.length === 0) return result;

  const locked = await payments.lockByOrders(tx, overtaken);
  const second = [...locked.values()].flatMap((payment) => {
    const settled = unique.get(payment.id)?.settle(payment);
    return settled ? [{ ...settled, expectedStatus: payment.status }] : [];
  });
  await payments.saveSettled(tx, second);
  for (const { payment } of second) result.set(payment.id, payment);
  return result;
}
