import { Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import type { Projection } from '@waybill/event-store';

import type { OrderEvent } from '../domain/order.events.js';
import type { Order, OrderStatus } from '../domain/order.js';
import { toCustomerOrder } from '../projections/customer-order.js';
import type { CustomerOrder } from '../projections/customer-order.js';
import { orderEventStore } from './order-event-store.js';
import { ordersAfter } from './orders-after.js';
import { LIST_CUSTOMER_ORDERS, LIST_CUSTOMER_ORDERS_BY_STATUS, UPSERT_CUSTOMER_ORDERS } from './sql/customer-orders.js';

export interface CustomerOrderFilter {
  readonly customerId: string;
  readonly status?: OrderStatus | undefined;
  /** Placed then or later. */
  readonly since?: Date | undefined;
  /** Placed before then. */
  readonly until?: Date | undefined;
  /** Continues with the orders placed before this one. */
  readonly before?: { readonly placedAt: Date; readonly orderId: string } | undefined;
  readonly limit: number;
}

interface CustomerOrderRow {
  readonly order_id: string;
  readonly status: OrderStatus;
  readonly units: string;
  readonly total_amount: string;
  readonly total_currency: string;
  readonly placed_at: Date;
  readonly updated_at: Date;
  readonly failure_code: string | null;
}

/** Less than any id: with it, a bound of time alone excludes what was placed at that very time. */
const LEAST_ID = '00000000-0000-0000-0000-000000000000';

/** Each customer's orders. An erased customer's are those of `(erased)`, as their events say. */
export const customerOrders: Projection<OrderEvent> = {
  name: 'customer-orders',
  tables: ['customer_order'],
  streams: [orderEventStore.stream],
  lifecycle: 'async',
  project: async (events, tx) => write(tx, await ordersAfter(tx, events)),
};

@Injectable()
export class CustomerOrders {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async list({
    customerId,
    status,
    since,
    until,
    before,
    limit,
  }: CustomerOrderFilter): Promise<readonly CustomerOrder[]> {
    const from = since?.toISOString() ?? '-infinity';
    const [time, id] = before
      ? [before.placedAt.toISOString(), before.orderId]
      : [until?.toISOString() ?? 'infinity', LEAST_ID];
    const values = [customerId, from, time, id, limit];
    const rows = await (status === undefined
      ? this.database.query<CustomerOrderRow>(LIST_CUSTOMER_ORDERS, values)
      : this.database.query<CustomerOrderRow>(LIST_CUSTOMER_ORDERS_BY_STATUS, [...values, status]));
    return rows.map(orderOfRow);
  }
}

async function write(tx: Transaction, orders: readonly Order[]): Promise<void> {
  const rows = orders.map(toCustomerOrder);
  await tx.query(UPSERT_CUSTOMER_ORDERS, [
    rows.map(({ orderId }) => orderId),
    orders.map(({ customerId }) => customerId),
    rows.map(({ status }) => status),
    rows.map(({ units }) => units),
    rows.map(({ total }) => total.amount),
    rows.map(({ total }) => total.currency),
    rows.map(({ placedAt }) => placedAt),
    rows.map(({ updatedAt }) => updatedAt),
    rows.map(({ failureCode }) => failureCode ?? null),
  ]);
}

function orderOfRow(row: CustomerOrderRow): CustomerOrder {
  return {
    orderId: row.order_id,
    status: row.status,
    units: Number(row.units),
    total: { amount: Number(row.total_amount), currency: row.total_currency },
    placedAt: row.placed_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    ...(row.failure_code === null ? {} : { failureCode: row.failure_code }),
  };
}
