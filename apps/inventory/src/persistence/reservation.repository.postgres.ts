import { Injectable } from '@nestjs/common';
import type { Transaction } from '@waybill/database';

import type { Reservation } from '../domain/reservation.js';
import { StockBook } from '../domain/stock-book.js';
import type { Item } from '../domain/stock-book.js';
import { changeStock } from './sql/change-stock.js';
import { insertReservations } from './sql/insert-reservations.js';
import { openOrders } from './sql/open-orders.js';
import type { OpenedRow } from './sql/open-orders.js';
import { updateReservations } from './sql/update-reservations.js';

/** What is wanted of an order: its reservation, and the stock of the items that it names or has reserved. */
export interface Wanted {
  readonly orderId: string;
  readonly items?: readonly Item[];
}

/** Reservations and stock as one transaction has them: read once, decided on in memory, written once. */
interface Session {
  readonly stock: StockBook;
  readonly reservations: Map<string, Reservation>;
  /** As they are in the database; nothing for an order that has none. */
  readonly before: Map<string, Reservation | undefined>;
  readonly skus: Set<string>;
}

/**
 * Reservations and stock, many at a time. The stock is locked as it is read, in one order, until the end of the transaction: a batch opens all that
 * its messages need at once, before their handlers run. A restock needs no lock: it only adds. What changed is written just before COMMIT, one
 * statement each, so handlers of one batch see each other's decisions here and not in the database.
 */
@Injectable()
export class ReservationRepository {
  readonly #session = (tx: Transaction): Session => {
    const session = { stock: new StockBook(), reservations: new Map(), before: new Map(), skus: new Set<string>() };
    tx.writeBeforeCommit(() => write(tx, session));
    return session;
  };

  /** Reads what this transaction hasn't read yet, and locks the stock of it. Issues its statement before it waits. */
  async open(tx: Transaction, wanted: readonly Wanted[]): Promise<Pick<Session, 'stock' | 'reservations'>> {
    const session = tx.session(this.#session);
    const { stock, reservations, before } = session;
    const orderIds = [...new Set(wanted.map(({ orderId }) => orderId))].filter((id) => !before.has(id));
    const skus = [...new Set(wanted.flatMap(({ items = [] }) => items.map(({ sku }) => sku)))].filter(
      (sku) => !session.skus.has(sku),
    );
    if (orderIds.length === 0 && skus.length === 0) return session;
    const rows = await tx.read<OpenedRow>(openOrders, [skus, orderIds]);
    for (const id of orderIds) before.set(id, undefined);
    for (const row of rows) {
      if (row.sku !== null) stock.add([row]);
      else {
        const { id, orderId, status, items, shortages } = row;
        const reservation = { id, orderId, status, items, shortages };
        before.set(orderId, reservation);
        reservations.set(orderId, reservation);
      }
    }
    for (const sku of skus) session.skus.add(sku);
    return session;
  }
}

function write(tx: Transaction, { stock, reservations, before }: Session): readonly Promise<unknown>[] {
  const created = [...reservations.values()].filter(({ orderId }) => before.get(orderId) === undefined);
  const changed = [...reservations.values()].filter(({ orderId, status }) => {
    const old = before.get(orderId);
    return old !== undefined && old.status !== status;
  });
  const { changes } = stock;
  return [
    ...(created.length > 0 ? [insert(tx, created)] : []),
    ...(changed.length > 0
      ? [tx.write(updateReservations, [changed.map(({ id }) => id), changed.map(({ status }) => status)])]
      : []),
    ...(changes.length > 0
      ? [
          tx.write(changeStock, [
            changes.map(({ sku }) => sku),
            changes.map(({ onHand }) => onHand),
            changes.map(({ reserved }) => reserved),
          ]),
        ]
      : []),
  ];
}

function insert(tx: Transaction, reservations: readonly Reservation[]): Promise<unknown> {
  return tx.write(insertReservations, [
    reservations.map(({ id }) => id),
    reservations.map(({ orderId }) => orderId),
    reservations.map(({ status }) => status),
    reservations.map(({ items }) => JSON.stringify(items)),
    reservations.map(({ shortages }) => JSON.stringify(shortages)),
  ]);
}
