import { Injectable } from '@nestjs/common';
import type { Statement, Transaction } from '@waybill/database';

import type { DeclineCode, Payment, PaymentIntent, PaymentStatus, Refusal } from '../domain/payment.js';
import { insertIntents } from './sql/insert-intents.js';
import { lockByOrder } from './sql/lock-by-order.js';
import { selectByOrder } from './sql/select-by-order.js';
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

/** A payment after its provider answered, with what only the books keep. */
export interface SettledPayment {
  readonly payment: Payment;
  readonly expectedStatus: PaymentStatus;
  readonly chargeId?: string;
  readonly refundRefusal?: Refusal;
}

/** Payments by order, many at a time; always in the caller's transaction. */
@Injectable()
export class PaymentRepository {
  /** Inserts intents where their order has no payment yet. @returns the payment of each order, new or old. */
  async insertOrFind(
    tx: Transaction,
    intents: readonly PaymentIntent[],
    status: 'PENDING' | 'FAILED',
  ): Promise<ReadonlyMap<string, Payment>> {
    const inserted = await tx.query<{ id: string }>(insertIntents, [
      intents.map(({ id }) => id),
      intents.map(({ orderId }) => orderId),
      intents.map(() => status),
      intents.map(({ amount }) => amount.amount),
      intents.map(({ amount }) => amount.currency),
      intents.map(({ paymentMethod }) => paymentMethod),
    ]);
    const newIds = new Set(inserted.map(({ id }) => id));
    const payments = new Map<string, Payment>();
    for (const intent of intents.filter(({ id }) => newIds.has(id))) {
      payments.set(intent.orderId, { ...intent, status, decline: undefined, refundedAmount: 0 });
    }
    const old = intents.map(({ orderId }) => orderId).filter((orderId) => !payments.has(orderId));
    return old.length === 0 ? payments : new Map([...payments, ...(await this.#read(tx, selectByOrder, old))]);
  }

  /** The payments of the orders; nobody else changes them until the transaction ends. */
  lockByOrders(tx: Transaction, orderIds: readonly string[]): Promise<ReadonlyMap<string, Payment>> {
    return this.#read(tx, lockByOrder, orderIds);
  }

  /** Saves each payment whose row still has the expected status. @returns the ids of those that were saved. */
  async saveSettled(tx: Transaction, settled: readonly SettledPayment[]): Promise<ReadonlySet<string>> {
    if (settled.length === 0) return new Set();
    const saved = await tx.query<{ id: string }>(updateSettled, [
      settled.map(({ payment }) => payment.id),
      settled.map(({ expectedStatus }) => expectedStatus),
      settled.map(({ payment }) => payment.status),
      settled.map(({ chargeId }) => chargeId ?? null),
      settled.map(({ payment }) => payment.decline?.code ?? null),
      settled.map(({ payment }) => payment.decline?.message ?? null),
      settled.map(({ payment }) => payment.refundedAmount),
      settled.map(({ refundRefusal }) => refundRefusal?.code ?? null),
      settled.map(({ refundRefusal }) => refundRefusal?.message ?? null),
    ]);
    return new Set(saved.map(({ id }) => id));
  }

  async #read(
    tx: Transaction,
    statement: Statement,
    orderIds: readonly string[],
  ): Promise<ReadonlyMap<string, Payment>> {
    const rows = await tx.query<PaymentRow>(statement, [[...orderIds]]);
    return new Map(rows.map((row) => [row.orderId, toPayment(row)]));
  }
}

function toPayment({ amount, currency, declineCode, declineMessage, ...row }: PaymentRow): Payment {
  const decline = declineCode === null ? undefined : { code: declineCode, message: declineMessage ?? '' };
  return { ...row, amount: { amount, currency }, decline };
}
