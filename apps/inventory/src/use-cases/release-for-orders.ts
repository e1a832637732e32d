import { Injectable } from '@nestjs/common';
import { StockReleased } from '@waybill/contracts';
import type { ReleaseStock } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { newMessage } from '@waybill/messaging';
import type { DataOf, ReceivedMessage } from '@waybill/messaging';
import { newId } from '@waybill/observability';
import { Outbox } from '@waybill/outbox';

import { release } from '../domain/reservation.js';
import { StockBook } from '../domain/stock-book.js';
import { ReservationRepository } from '../persistence/reservation.repository.postgres.js';

type Command = DataOf<typeof ReleaseStock>;

/** Gives the reservations of many orders back in one transaction, each once, and bars the orders that have none yet. */
@Injectable()
export class ReleaseForOrders {
  constructor(
    private readonly reservations: ReservationRepository,
    private readonly outbox: Outbox,
  ) {}

  async execute(commands: readonly ReceivedMessage<Command>[], tx: Transaction): Promise<void> {
    const before = await this.reservations.find(
      tx,
      commands.map(({ data }) => data.orderId),
    );
    const skus = [...before.values()].flatMap(({ items }) => items.map(({ sku }) => sku));
    const stock = new StockBook(await this.reservations.stockOf(tx, skus));
    const after = new Map(before);
    for (const { data, envelope } of commands) {
      const { orderId } = data;
      const reservation = release(stock, after.get(orderId), { id: newId(), orderId });
      after.set(orderId, reservation);
      const released = { orderId, reservationId: reservation.id };
      this.outbox.add(tx, newMessage(StockReleased, { key: orderId, data: released, cause: envelope }));
    }
    await this.reservations.save(tx, before, after, stock.changes);
  }
}
