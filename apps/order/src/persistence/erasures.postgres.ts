import { Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';

import {
  CONFIRM_PAYMENT,
  CONFIRM_SHIPPING,
  INSERT_ERASED_ORDERS,
  INSERT_ERASURE,
  LIST_ERASED_ORDERS,
  LIST_ERASURES,
  LIST_PENDING_ERASURES,
  NEXT_PAYLOADS,
  OPEN_ORDERS_OF_CUSTOMER,
  ORDERS_OF_CUSTOMER,
  PAYLOADS_REMOVED,
} from './sql/erasures.js';

/** Where something of an order may still be: a service that hasn't confirmed yet, or the store of large payloads. */
export type ErasurePlace = 'payment' | 'shipping' | 'payloads';

/** Who had orders erased, and how many of them each place hasn't confirmed. Times are ISO 8601. */
export interface Erasure {
  readonly id: string;
  readonly requestedAt: string;
  readonly who: string;
  readonly why: string;
  readonly orders: number;
  readonly pending: Readonly<Record<ErasurePlace, number>>;
}

interface WhichErasures {
  readonly pending: boolean;
  readonly before: string | undefined;
}

export interface ErasedOrder {
  readonly orderId: string;
  readonly erasureId: string;
  readonly pending: readonly ErasurePlace[];
}

interface ErasureRow extends Readonly<Record<ErasurePlace, number>> {
  readonly id: string;
  readonly requested_at: Date;
  readonly who: string;
  readonly why: string;
  readonly orders: number;
}

interface ErasedOrderRow {
  readonly order_id: string;
  readonly erasure_id: string;
  readonly payment_erased: boolean;
  readonly shipping_erased: boolean;
  readonly has_payloads: boolean;
}

/** Which orders were erased, by whom, and who has still to do it. Holds nothing that was erased: no customer is named. */
@Injectable()
export class Erasures {
  constructor(private readonly database: Database) {}

  /** The customer's oldest orders, at most `limit`, and how many they are in all. */
  async ordersOf(
    tx: Transaction,
    customerId: string,
    limit: number,
  ): Promise<{ readonly ids: readonly string[]; readonly total: number }> {
    const rows = await tx.query<{ id: string; orders: number }>(ORDERS_OF_CUSTOMER, [customerId, limit]);
    return { ids: rows.map(({ id }) => id), total: rows[0]?.orders ?? 0 };
  }

  /** The customer's orders whose fulfilment hasn't ended, at most `limit`. */
  async openOrdersOf(tx: Transaction, customerId: string, limit: number): Promise<readonly string[]> {
    return (await tx.query<{ id: string }>(OPEN_ORDERS_OF_CUSTOMER, [customerId, limit])).map(({ id }) => id);
  }

  /** @param messages ids of each order's messages */
  async record(
    tx: Transaction,
    { id, who, why }: Pick<Erasure, 'id' | 'who' | 'why'>,
    messages: ReadonlyMap<string, readonly string[]>,
  ): Promise<void> {
    const orderIds = [...messages.keys()];
    await tx.query(INSERT_ERASURE, [id, who, why, orderIds]);
    const ids = [...messages.values()].map((ofOrder) => JSON.stringify(ofOrder));
    await tx.query(INSERT_ERASED_ORDERS, [id, orderIds, ids]);
  }

  async confirm(tx: Transaction, place: 'payment' | 'shipping', orderIds: readonly string[]): Promise<void> {
    await tx.query(place === 'payment' ? CONFIRM_PAYMENT : CONFIRM_SHIPPING, [orderIds]);
  }

  /** The messages of some orders whose payloads may still lie in the store. */
  async nextPayloads(orders: number): Promise<ReadonlyMap<string, readonly string[]>> {
    const rows = await this.database.query<{ order_id: string; payloads: string[] }>(NEXT_PAYLOADS, [orders]);
    return new Map(rows.map(({ order_id: orderId, payloads }) => [orderId, payloads]));
  }

  async payloadsRemoved(orderIds: readonly string[]): Promise<void> {
    await this.database.query(PAYLOADS_REMOVED, [orderIds]);
  }

  /** Newest first; with `pending` those that somebody has yet to confirm. @param which.before continues after the erasure with this id */
  async list(limit: number, { pending: isPending, before }: WhichErasures): Promise<readonly Erasure[]> {
    const statement = isPending ? LIST_PENDING_ERASURES : LIST_ERASURES;
    const rows = await this.database.operators.query<ErasureRow>(statement, [before ?? null, limit]);
    return rows.map(({ id, requested_at: requestedAt, who, why, orders, ...pending }) => ({
      id,
      requestedAt: requestedAt.toISOString(),
      who,
      why,
      orders,
      pending,
    }));
  }

  /** By their ids. @param after continues after the order with this id */
  async listOrders(limit: number, after?: string): Promise<readonly ErasedOrder[]> {
    const rows = await this.database.operators.query<ErasedOrderRow>(LIST_ERASED_ORDERS, [after ?? null, limit]);
    return rows.map((row) => ({ orderId: row.order_id, erasureId: row.erasure_id, pending: pendingOf(row) }));
  }
}

function pendingOf(row: ErasedOrderRow): readonly ErasurePlace[] {
  return [
    ...(row.payment_erased ? [] : (['payment'] as const)),
    ...(row.shipping_erased ? [] : (['shipping'] as const)),
    ...(row.has_payloads ? (['payloads'] as const) : []),
  ];
}
