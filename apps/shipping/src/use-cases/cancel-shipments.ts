import { Inject, Injectable } from '@nestjs/common';
import { CancelShipmentFailed, ShipmentCancelled } from '@waybill/contracts';
import type { CancelShipment } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { newMessage } from '@waybill/messaging';
import type { CalledMessage, DataOf, OutsideCalls, ReceivedMessage } from '@waybill/messaging';
import { idFor } from '@waybill/observability';
import { Outbox } from '@waybill/outbox';

import { cancelAnswer, knownCancelAnswer, settleCancellation } from '../domain/cancel-shipment.js';
import type { CancelAnswer, CancellationOutcome } from '../domain/cancel-shipment.js';
import type { Shipment } from '../domain/shipment.js';
import { CARRIER } from '../gateway/carrier.js';
import type { Carrier } from '../gateway/carrier.js';
import { ShipmentRepository } from '../persistence/shipment.repository.postgres.js';
import type { SettledShipment } from '../persistence/shipment.repository.postgres.js';

type Command = DataOf<typeof CancelShipment>;

/** A shipment and, where the carrier had to be asked, its answer. */
interface Cancelled {
  readonly shipment: Shipment;
  readonly outcome?: CancellationOutcome;
}

/**
 * Undoes the shipments of orders, whatever is known of them: a booking is cancelled, once; one that may or may not have
 * happened is asked about by its own key, and called off; where there is no shipment, a CANCELLED one is left behind that
 * refuses a CreateShipment that comes later. Repeatable at every point.
 */
@Injectable()
export class CancelShipments {
  constructor(
    private readonly shipments: ShipmentRepository,
    @Inject(CARRIER) private readonly carrier: Carrier,
    private readonly outbox: Outbox,
  ) {}

  async prepare(
    commands: readonly ReceivedMessage<Command>[],
    tx: Transaction,
  ): Promise<OutsideCalls<Cancelled, Transaction, Command>> {
    const tombstones = commands.map(({ data }) => ({ id: idFor('shipment', data.orderId), orderId: data.orderId }));
    const shipments = await this.shipments.open(tx, orderIdsOf(commands));
    this.shipments.add(tx, tombstones);
    return {
      calls: tombstones.map(
        ({ orderId }) =>
          (signal) =>
            this.#cancel(shipments.get(orderId), signal),
      ),
      conclude: this.#conclude,
    };
  }

  async #cancel(shipment: Shipment | undefined, signal: AbortSignal): Promise<Cancelled> {
    if (!shipment) throw new TypeError('A prepared shipment must exist');
    if (knownCancelAnswer(shipment)) return { shipment };
    return { shipment, outcome: await this.carrier.cancel({ bookingKey: shipment.id }, signal) };
  }

  /** Needs nothing of its prepare phase but the results, so that those of several phases can be concluded by one call. */
  readonly #conclude = async (called: readonly CalledMessage<Cancelled, Command>[], tx: Transaction): Promise<void> => {
    const shipments = await this.shipments.open(tx, orderIdsOf(called.map(({ message }) => message)));
    for (const { message, result } of called) {
      const { outcome } = result;
      let shipment = shipments.get(message.data.orderId) ?? result.shipment;
      if (outcome) {
        shipment = settleCancellation(shipment, outcome);
        this.shipments.settle(tx, { shipment, ...refusalOf(outcome) });
      }
      const answer = outcome ? cancelAnswer(shipment, outcome) : knownCancelAnswer(shipment);
      if (!answer) throw new TypeError(`Shipment ${shipment.id} must not be concluded before its carrier was asked`);
      this.outbox.add(tx, toMessage(answer, message));
    }
  };
}

function orderIdsOf(commands: readonly ReceivedMessage<Command>[]): readonly string[] {
  return commands.map(({ data }) => data.orderId);
}

function refusalOf(outcome: CancellationOutcome): Pick<SettledShipment, 'cancelRefusal'> {
  return outcome.kind === 'refused' ? { cancelRefusal: { code: outcome.code, message: outcome.message } } : {};
}

function toMessage(answer: CancelAnswer, { envelope: cause }: ReceivedMessage<Command>) {
  const { id: shipmentId, orderId } = answer.shipment;
  if (answer.kind === 'cancelled') {
    return newMessage(ShipmentCancelled, { key: orderId, data: { orderId, shipmentId }, cause });
  }
  const { code, message } = answer.refusal;
  return newMessage(CancelShipmentFailed, { key: orderId, data: { orderId, shipmentId, code, message }, cause });
}
