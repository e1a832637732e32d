import { Injectable } from '@nestjs/common';
import { StockReleased } from '@waybill/contracts';
import type { ReleaseStock } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { newMessage } from '@waybill/messaging';
import type { DataOf, ReceivedMessage } from '@waybill/messaging';
import { newId } from '@waybill/observability';
import { Outbox } from '@waybill/outbox';

import { release } from '../domain/reservation.js';
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
    const { stock, reservations } = await this.reservations.open(
      tx,
      commands.map(({ data }) => data),
    );
    for (const { data, envelope } of commands) {
      const { orderId } = data;
      const reservation = release(stock, reservations.get(orderId), { id: newId(), orderId });
      reservations.set(orderId, reservation);
      const released = { orderId, reservationId: reservation.id };
      this.outbox.add(tx, newMessage(StockReleased, { key: orderId, data: released, cause: envelope }));
    }
  }
}
