import { Injectable } from '@nestjs/common';
import type { Transaction } from '@waybill/database';

import type { DeclineCode, Payment, PaymentIntent, PaymentStatus, Refusal } from '../domain/payment.js';
import { erasePayments } from './sql/erase-payments.js';
import { insertIntents } from './sql/insert-intents.js';
import { lockByOrder } from './sql/lock-by-order.js';
import { updateSettled } from './sql/update-settled.js';

interface PaymentRow {
  readonly id: string;
  readonly orderId: string;
  readonly status: PaymentStatus;
  readonly amount: number;
  readonly currency: string;
  readonly paymentMethod: string;
  readonly declineCode: DeclineCode | null;
  readonly declineMessage: string | null;
  readonly refundedAmount: number;
}

const ERASED = '(erased)';

/** A payment after its provider answered, with what only the books keep. */
export interface SettledPayment {
  readonly payment: Payment;
  readonly chargeId?: string;
  readonly refundRefusal?: Refusal;
}

/** Payments as one transaction has them, by order: read and locked once, decided on in memory, written once. */
interface Session {
  readonly payments: Map<string, Payment>;
  readonly read: Set<string>;
  readonly intents: Payment[];
  readonly settled: Map<string, SettledPayment>;
}

/** Payments by order, many at a time; always in the caller's transaction. What changed is written just before COMMIT. */
@Injectable()
export class PaymentRepository {
  readonly #session = (tx: Transaction): Session => {
    const session: Session = { payments: new Map(), read: new Set(), intents: [], settled: new Map() };
    tx.writeBeforeCommit(() => write(tx, session));
    return session;
  };

  /**
   * The payments of those orders that have one; nobody else changes them until the transaction ends. Reads what this transaction
   * hasn't read yet, and issues its statement before it waits.
   */
  async open(tx: Transaction, orderIds: readonly string[]): Promise<ReadonlyMap<string, Payment>> {
    const { payments, read } = tx.session(this.#session);
    const unread = [...new Set(orderIds)].filter((orderId) => !read.has(orderId));
    if (unread.length === 0) return payments;
    const rows = await tx.read<PaymentRow>(lockByOrder, [unread]);
    for (const orderId of unread) read.add(orderId);
    for (const row of rows) payments.set(row.orderId, toPayment(row));
    return payments;
  }

  /**
   * Makes the intents of opened orders durable where the order has no payment. One that a rival transaction commits first stands: it has
   * the same id, so both ask the provider for the same charge, and whoever concludes sees what the row says then.
   */
  add(tx: Transaction, intents: readonly PaymentIntent[]): void {
    const { payments, intents: added } = tx.session(this.#session);
    for (const intent of intents) {
      if (payments.has(intent.orderId)) continue;
      const payment: Payment = { ...intent, status: 'PENDING', decline: undefined, refundedAmount: 0 };
      payments.set(intent.orderId, payment);
      added.push(payment);
    }
  }

  /** Forgets what the payments of these orders say of the customer. Amounts, and what came of them, stay. */
  async erase(tx: Transaction, orderIds: readonly string[]): Promise<void> {
    await tx.query(erasePayments, [orderIds, ERASED]);
  }

  /** Changes an opened payment. One that isn't there any more, as a restore has forgotten it, isn't made. */
  settle(tx: Transaction, settled: SettledPayment): void {
    const { payments, settled: all } = tx.session(this.#session);
    const { id, orderId } = settled.payment;
    if (!payments.has(orderId)) return;
    payments.set(orderId, settled.payment);
    all.set(id, { ...all.get(id), ...settled });
  }
}

function write(tx: Transaction, { intents, settled }: Session): readonly Promise<unknown>[] {
  return [
    ...(intents.length > 0 ? [insert(tx, intents)] : []),
    ...(settled.size > 0 ? [update(tx, [...settled.values()])] : []),
  ];
}

function insert(tx: Transaction, intents: readonly Payment[]): Promise<unknown> {
  return tx.query(insertIntents, [
    intents.map(({ id }) => id),
    intents.map(({ orderId }) => orderId),
    intents.map(({ status }) => status),
    intents.map(({ amount }) => amount.amount),
    intents.map(({ amount }) => amount.currency),
    intents.map(({ paymentMethod }) => paymentMethod),
  ]);
}

function update(tx: Transaction, settled: readonly SettledPayment[]): Promise<unknown> {
  return tx.write(updateSettled, [
    settled.map(({ payment }) => payment.id),
    settled.map(({ payment }) => payment.status),
    settled.map(({ chargeId }) => chargeId ?? null),
    settled.map(({ payment }) => payment.decline?.code ?? null),
    settled.map(({ payment }) => payment.decline?.message ?? null),
    settled.map(({ payment }) => payment.refundedAmount),
    settled.map(({ refundRefusal }) => refundRefusal?.code ?? null),
    settled.map(({ refundRefusal }) => refundRefusal?.message ?? null),
    settled.map(({ payment }) => payment.amount.amount),
    settled.map(({ payment }) => payment.amount.currency),
  ]);
}

function toPayment({ amount, currency, declineCode, declineMessage, ...row }: PaymentRow): Payment {
  const decline = declineCode === null ? undefined : { code: declineCode, message: declineMessage ?? '' };
  return { ...row, amount: { amount, currency }, decline };
}
