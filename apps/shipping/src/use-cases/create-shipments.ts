import { Inject, Injectable } from '@nestjs/common';
import { ShipmentCreated, ShipmentRefused } from '@waybill/contracts';
import type { CreateShipment } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { newMessage } from '@waybill/messaging';
import type { CalledMessage, DataOf, OutsideCalls, ReceivedMessage } from '@waybill/messaging';
import { idFor } from '@waybill/observability';
import { Outbox } from '@waybill/outbox';

import { knownCreateAnswer, settleBooking } from '../domain/create-shipment.js';
import type { BookingOutcome, CreateAnswer } from '../domain/create-shipment.js';
import type { Shipment } from '../domain/shipment.js';
import { CARRIER } from '../gateway/carrier.js';
import type { Carrier } from '../gateway/carrier.js';
import { ShipmentRepository } from '../persistence/shipment.repository.postgres.js';

type Command = DataOf<typeof CreateShipment>;

/** A shipment and, where the carrier had to be asked, its answer. */
interface Booked {
  readonly shipment: Shipment;
  readonly outcome?: BookingOutcome;
}

/**
 * Books shipments, one per order: the intent is durable before the carrier is asked, its id is the idempotency key. A
 * repeated command is answered again from what is known. Repeatable at every point.
 */
@Injectable()
export class CreateShipments {
  constructor(
    private readonly shipments: ShipmentRepository,
    @Inject(CARRIER) private readonly carrier: Carrier,
    private readonly outbox: Outbox,
  ) {}

  async prepare(
    commands: readonly ReceivedMessage<Command>[],
    tx: Transaction,
  ): Promise<OutsideCalls<Booked, Transaction, Command>> {
    const intents = commands.map(({ data }) => ({ id: idFor('shipment', data.orderId), orderId: data.orderId }));
    const shipments = await this.shipments.open(tx, orderIdsOf(commands));
    this.shipments.add(tx, intents);
    return {
      calls: commands.map(
        ({ data }) =>
          (signal) =>
            this.#book(shipments.get(data.orderId), data, signal),
      ),
      conclude: this.#conclude,
    };
  }

  async #book(shipment: Shipment | undefined, { items, address }: Command, signal: AbortSignal): Promise<Booked> {
    if (!shipment) throw new TypeError('A prepared shipment must exist');
    if (knownCreateAnswer(shipment)) return { shipment };
    const { id: idempotencyKey, orderId: reference } = shipment;
    return { shipment, outcome: await this.carrier.book({ idempotencyKey, reference, items, address }, signal) };
  }

  /** Needs nothing of its prepare phase but the results, so that those of several phases can be concluded by one call. */
  readonly #conclude = async (called: readonly CalledMessage<Booked, Command>[], tx: Transaction): Promise<void> => {
    const shipments = await this.shipments.open(tx, orderIdsOf(called.map(({ message }) => message)));
    for (const { message, result } of called) {
      const { outcome } = result;
      let shipment = shipments.get(message.data.orderId) ?? result.shipment;
      if (outcome) {
        shipment = settleBooking(shipment, outcome);
        this.shipments.settle(tx, { shipment });
      }
      const answer = knownCreateAnswer(shipment);
      if (!answer) throw new TypeError(`Shipment ${shipment.id} must not be concluded while it is pending`);
      this.outbox.add(tx, toMessage(answer, message));
    }
  };
}

function orderIdsOf(commands: readonly ReceivedMessage<Command>[]): readonly string[] {
  return commands.map(({ data }) => data.orderId);
}

function toMessage(answer: CreateAnswer, { envelope: cause }: ReceivedMessage<Command>) {
  const { id: shipmentId, orderId } = answer.shipment;
  if (answer.kind === 'created') {
    const data = { orderId, shipmentId, trackingNumber: answer.trackingNumber };
    return newMessage(ShipmentCreated, { key: orderId, data, cause });
  }
  const { code, message } = answer.refusal;
  return newMessage(ShipmentRefused, { key: orderId, data: { orderId, shipmentId, code, message }, cause });
}
