import { Injectable } from '@nestjs/common';
import { StockCommitted } from '@waybill/contracts';
import type { CommitReservation } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { newMessage } from '@waybill/messaging';
import type { DataOf, ReceivedMessage } from '@waybill/messaging';
import { Outbox } from '@waybill/outbox';

import { commit } from '../domain/reservation.js';
import { ReservationRepository } from '../persistence/reservation.repository.postgres.js';

type Command = DataOf<typeof CommitReservation>;

/**
 * Takes the reserved units of many fulfilled orders off the stock in one transaction, each once.
 * @throws ReservationConflictError where nothing is reserved for an order.
 */
@Injectable()
export class CommitForOrders {
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
      const reservation = commit(stock, reservations.get(orderId), orderId);
      reservations.set(orderId, reservation);
      const committed = { orderId, reservationId: reservation.id };
      this.outbox.add(tx, newMessage(StockCommitted, { key: orderId, data: committed, cause: envelope }));
    }
  }
}
