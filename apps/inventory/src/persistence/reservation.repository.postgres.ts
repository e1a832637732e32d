import { Injectable } from '@nestjs/common';
import type { Transaction } from '@waybill/database';
import type { RowLock } from '@waybill/messaging';

import type { Reservation } from '../domain/reservation.js';
import type { StockLevel } from '../domain/stock-book.js';
import { changeStock } from './sql/change-stock.js';
import { insertReservations } from './sql/insert-reservations.js';
import { selectReservations } from './sql/select-reservations.js';
import { selectStock } from './sql/select-stock.js';
import { updateReservations } from './sql/update-reservations.js';

/**
 * The one row that every batch locks before it reads reservations and stock. Locks on the stock rows themselves can't be
 * put in order: which SKUs a release or a commit touches is only known from its reservation, after the reserves of the
 * same batch have locked theirs, and two replicas would wait for each other in a circle. Batches of replicas take turns
 * instead; the longer one waits, the more its next batch holds. A restock needs no turn: it only adds.
 */
export const STOCK_BOOK: RowLock = { table: 'stock_book', column: 'id', key: 'stock' };

/** Reservations and stock, many at a time; always in a transaction that has locked {@link STOCK_BOOK}. */
@Injectable()
export class ReservationRepository {
  async find(tx: Transaction, orderIds: readonly string[]): Promise<Map<string, Reservation>> {
    const rows = await tx.query<Reservation>(selectReservations, [[...new Set(orderIds)]]);
    return new Map(rows.map((row) => [row.orderId, row]));
  }

  stockOf(tx: Transaction, skus: readonly string[]): Promise<readonly StockLevel[]> {
    const distinct = [...new Set(skus)];
    return distinct.length === 0 ? Promise.resolve([]) : tx.query<StockLevel>(selectStock, [distinct]);
  }

  /** Saves what changed: new reservations, new statuses, stock. */
  async save(
    tx: Transaction,
    before: ReadonlyMap<string, Reservation>,
    after: ReadonlyMap<string, Reservation>,
    stock: readonly StockLevel[],
  ): Promise<void> {
    const created = [...after.values()].filter(({ orderId }) => !before.has(orderId));
    const changed = [...after.values()].filter(({ orderId, status }) => {
      const old = before.get(orderId);
      return old !== undefined && old.status !== status;
    });
    await Promise.all([
      created.length > 0 ? this.#insert(tx, created) : undefined,
      changed.length > 0
        ? tx.query(updateReservations, [changed.map(({ id }) => id), changed.map(({ status }) => status)])
        : undefined,
      stock.length > 0
        ? tx.query(changeStock, [
            stock.map(({ sku }) => sku),
            stock.map(({ onHand }) => onHand),
            stock.map(({ reserved }) => reserved),
          ])
        : undefined,
    ]);
  }

  #insert(tx: Transaction, reservations: readonly Reservation[]): Promise<unknown> {
    return tx.query(insertReservations, [
      reservations.map(({ id }) => id),
      reservations.map(({ orderId }) => orderId),
      reservations.map(({ status }) => status),
      reservations.map(({ items }) => JSON.stringify(items)),
      reservations.map(({ shortages }) => JSON.stringify(shortages)),
    ]);
  }
}
