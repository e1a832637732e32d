import { Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import DataLoader from 'dataloader';

import { ERASED } from '../domain/erasure.js';
import type { OrderLine } from '../domain/order.events.js';
import type { Order, OrderStatus } from '../domain/order.js';
import { toOrderView } from '../projections/order-view.js';
import type { OrderView } from '../projections/order-view.js';
import { OrderEntity, viewOfEntity } from './order.entity.js';
import { ERASE_ORDER_VIEWS } from './sql/erase-order-views.js';
import { FIND_ORDER_VIEWS } from './sql/find-order-views.js';
import { INSERT_ORDER_VIEWS } from './sql/insert-order-views.js';
import { UPDATE_ORDER_VIEWS } from './sql/update-order-views.js';
import { UPSERT_ORDER_VIEWS } from './sql/upsert-order-views.js';

export interface OrderFilter {
  readonly customerId?: string | undefined;
  readonly status?: OrderStatus | undefined;
  /** Placed then or later. */
  readonly placedSince?: Date | undefined;
  /** Placed before then. */
  readonly placedUntil?: Date | undefined;
  readonly limit: number;
  /** Continues with the orders placed before this one. */
  readonly before?: string | undefined;
}

interface OrderViewRow {
  readonly id: string;
  readonly status: OrderStatus;
  readonly customer_id: string;
  readonly items: readonly OrderLine[];
  readonly total_amount: string;
  readonly total_currency: string;
  readonly placed_at: Date;
  readonly updated_at: Date;
  readonly failure_step: string | null;
  readonly failure_code: string | null;
  readonly failure_message: string | null;
}

const PLAN_FOR_VALUES = {
  name: 'order_plan_for_values',
  text: `SELECT set_config('plan_cache_mode', 'force_custom_plan', true)`,
};

/** The orders' read model. Writes take any number of orders in one statement each and are issued at once. */
@Injectable()
export class OrderViews {
  readonly #database: Database;
  /** What is asked for in one turn of the event loop goes in one statement; nothing is kept. */
  readonly #finder: DataLoader<string, OrderView | undefined>;

  constructor(database: Database) {
    this.#database = database;
    this.#finder = new DataLoader((ids) => this.#findMany(ids), {
      cache: false,
      maxBatchSize: 500,
      batchScheduleFn: (dispatch) => setImmediate(dispatch),
    });
  }

  find(id: string): Promise<OrderView | undefined> {
    return this.#finder.load(id);
  }

  async #findMany(ids: readonly string[]): Promise<readonly (OrderView | undefined)[]> {
    const rows = await this.#database.query<OrderViewRow>(FIND_ORDER_VIEWS, [[...new Set(ids)]]);
    const views = new Map(rows.map((row) => [row.id, viewOfRow(row)]));
    return ids.map((id) => views.get(id));
  }

  /**
   * Newest first. An id is a UUIDv7, so its order is the order of `placedAt`. Planned for its values: which index is the right one
   * depends on how many orders have the status.
   */
  list({ customerId, status, placedSince, placedUntil, limit, before }: OrderFilter): Promise<readonly OrderView[]> {
    return this.#database.transaction(async (tx) => {
      await tx.query(PLAN_FOR_VALUES);
      const isOfAll = customerId === undefined && status === undefined;
      // As the index has it that serves the list.
      const id = isOfAll ? 'o.id' : 'o.id::text COLLATE "C"';
      const query = tx.manager.getRepository(OrderEntity).createQueryBuilder('o');
      if (isOfAll) query.orderBy('o.id', 'DESC');
      else query.addSelect(id, 'listed_id').orderBy('listed_id', 'DESC');
      if (customerId !== undefined) query.andWhere('o.customerId = :customerId', { customerId });
      if (status !== undefined) query.andWhere('o.status = :status', { status });
      if (placedSince !== undefined) query.andWhere(`${id} >= :since`, { since: firstIdAt(placedSince) });
      if (placedUntil !== undefined) query.andWhere(`${id} < :until`, { until: firstIdAt(placedUntil) });
      if (before !== undefined) query.andWhere(`${id} < :before`, { before: before.toLowerCase() });
      return (await query.limit(limit).getMany()).map(viewOfEntity);
    });
  }

  async insert(tx: Transaction, views: readonly OrderView[]): Promise<void> {
    await tx.write(INSERT_ORDER_VIEWS, whole(views));
  }

  async erase(tx: Transaction, ids: readonly string[]): Promise<void> {
    await tx.query(ERASE_ORDER_VIEWS, [ids, ERASED]);
  }

  async update(tx: Transaction, views: readonly OrderView[]): Promise<void> {
    await tx.write(UPDATE_ORDER_VIEWS, [
      views.map(({ id }) => id),
      views.map(({ status }) => status),
      ...changing(views),
    ]);
  }
}

/** For a rebuild: makes the rows, or makes those of an earlier batch as the orders are by now. */
export async function upsertOrderViews(tx: Transaction, orders: readonly Order[]): Promise<void> {
  await tx.query(UPSERT_ORDER_VIEWS, whole(orders.map(toOrderView)));
}

function whole(views: readonly OrderView[]): readonly unknown[] {
  return [
    views.map(({ id }) => id),
    views.map(({ status }) => status),
    views.map(({ customerId }) => customerId),
    views.map(({ items }) => JSON.stringify(items)),
    views.map(({ total }) => total.amount),
    views.map(({ total }) => total.currency),
    views.map(({ placedAt }) => placedAt),
    ...changing(views),
  ];
}

/** No UUIDv7 of that millisecond or later is lower. Ids begin in 1970. */
function firstIdAt(time: Date): string {
  const ms = Math.max(0, time.getTime()).toString(16).padStart(12, '0');
  return `${ms.slice(0, 8)}-${ms.slice(8)}-0000-0000-000000000000`;
}

function changing(views: readonly OrderView[]): readonly (readonly (string | null)[])[] {
  return [
    views.map(({ updatedAt }) => updatedAt),
    views.map(({ failure }) => failure?.step ?? null),
    views.map(({ failure }) => failure?.code ?? null),
    views.map(({ failure }) => failure?.message ?? null),
  ];
}

function viewOfRow(row: OrderViewRow): OrderView {
  const { failure_step: step, failure_code: code, failure_message: message } = row;
  return {
    id: row.id,
    status: row.status,
    customerId: row.customer_id,
    items: row.items,
    total: { amount: Number(row.total_amount), currency: row.total_currency },
    placedAt: row.placed_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    ...(step === null || code === null || message === null ? {} : { failure: { step, code, message } }),
  };
}
