import { Injectable } from '@nestjs/common';
import { StockRejected, StockReserved } from '@waybill/contracts';
import type { ReserveStock } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { newMessage } from '@waybill/messaging';
import type { DataOf, NewMessage, ReceivedMessage } from '@waybill/messaging';
import { newId } from '@waybill/observability';
import { Outbox } from '@waybill/outbox';

import { reserve } from '../domain/reservation.js';
import type { Reservation } from '../domain/reservation.js';
import { ReservationRepository } from '../persistence/reservation.repository.postgres.js';

type Command = DataOf<typeof ReserveStock>;

/** Reserves stock for many orders in one transaction: all items of an order or none, in the order of the commands. */
@Injectable()
export class ReserveForOrders {
  constructor(
    private readonly reservations: ReservationRepository,
    private readonly outbox: Outbox,
  ) {}

  async execute(commands: readonly ReceivedMessage<Command>[], tx: Transaction): Promise<void> {
    const { stock, reservations } = await this.reservations.open(
      tx,
      commands.map(({ data }) => data),
    );
    for (const command of commands) {
      const { orderId } = command.data;
      const reservation = reserve(stock, reservations.get(orderId), { id: newId(), ...command.data });
      reservations.set(orderId, reservation);
      this.outbox.add(tx, answer(reservation, command));
    }
  }
}

function answer({ id, orderId, status, items, shortages }: Reservation, command: ReceivedMessage<Command>): NewMessage {
  const options = { key: orderId, cause: command.envelope };
  if (status === 'RESERVED' || status === 'COMMITTED') {
    const data = { orderId, reservationId: id, items: [...items] };
    return newMessage(StockReserved, { ...options, data });
  }
  const rejection =
    status === 'REJECTED'
      ? { code: 'OUT_OF_STOCK' as const, message: 'Not enough stock', shortages: [...shortages] }
      : { code: 'CANCELLED' as const, message: 'The order was cancelled before its stock was reserved', shortages: [] };
  return newMessage(StockRejected, { ...options, data: { orderId, ...rejection } });
}
