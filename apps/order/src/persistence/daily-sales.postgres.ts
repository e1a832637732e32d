import { Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import type { Projection, RecordedEvent } from '@waybill/event-store';

import type { OrderEvent } from '../domain/order.events.js';
import { salesOf } from '../projections/daily-sales.js';
import type { DailySales } from '../projections/daily-sales.js';
import { orderEventStore } from './order-event-store.js';
import { ordersAfter } from './orders-after.js';
import { ADD_SALES, LIST_SALES, LIST_SALES_OF_PRODUCT } from './sql/daily-sales.js';

export interface SalesFilter {
  /** Days of UTC, both included: `2026-11-30`. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly sku?: string | undefined;
  /** Continues after this row. */
  readonly after?: Pick<DailySales, 'currency' | 'day' | 'sku'> | undefined;
  readonly limit: number;
}

interface SalesRow {
  readonly day: string;
  readonly sku: string;
  readonly currency: string;
  readonly orders: string;
  readonly units: string;
  readonly amount: string;
}

export const dailySales: Projection<OrderEvent> = {
  name: 'daily-sales',
  tables: ['daily_sales'],
  streams: [orderEventStore.stream],
  lifecycle: 'async',
  project: (events, tx) => addSales(tx, events),
};

@Injectable()
export class Sales {
  constructor(private readonly database: Database) {}

  /** Oldest day first, then by product and currency. */
  async list({ since, until, sku, after, limit }: SalesFilter): Promise<readonly DailySales[]> {
    const last = until ?? 'infinity';
    // A day from its first row on: no product or currency is less than the empty text.
    const from = after ?? { day: since ?? '-infinity', sku: '', currency: '' };
    const rows = await (sku === undefined
      ? this.database.query<SalesRow>(LIST_SALES, [last, from.day, from.sku, from.currency, limit])
      : this.database.query<SalesRow>(LIST_SALES_OF_PRODUCT, [last, from.day, sku, from.currency, limit]));
    return rows.map(({ day, sku: product, currency, orders, units, amount }) => ({
      day,
      sku: product,
      currency,
      orders: Number(orders),
      units: Number(units),
      amount: Number(amount),
    }));
  }
}

async function addSales(tx: Transaction, events: readonly RecordedEvent<OrderEvent>[]): Promise<void> {
  const fulfilled = events.filter(({ event }) => event.type === 'OrderFulfilled');
  if (fulfilled.length === 0) return;
  const fulfilledAt = new Map(fulfilled.map(({ id, recordedAt }) => [id, recordedAt]));
  const lines = (await ordersAfter(tx, fulfilled)).flatMap((order) => {
    const at = fulfilledAt.get(order.id);
    return at ? salesOf(order, at) : [];
  });
  await tx.query(ADD_SALES, [
    lines.map(({ day }) => day),
    lines.map(({ sku }) => sku),
    lines.map(({ currency }) => currency),
    lines.map(({ units }) => units),
    lines.map(({ amount }) => amount),
  ]);
}
