import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { CancelShipment, CreateShipment, EraseShipment } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { BatchMessageHandler, OutsideCallHandler } from '@waybill/messaging';
import type { DataOf, MessageContext, OutsideCalls, ReceivedMessage } from '@waybill/messaging';

import { ShipmentRepository } from '../persistence/shipment.repository.postgres.js';
import { CancelShipments } from '../use-cases/cancel-shipments.js';
import { CreateShipments } from '../use-cases/create-shipments.js';
import { EraseShipments } from '../use-cases/erase-shipments.js';

type Erase = DataOf<typeof EraseShipment>;
type Create = DataOf<typeof CreateShipment>;
type Cancel = DataOf<typeof CancelShipment>;

const READ_AHEAD = { reads: 'read' };

/** The commands that the shipping service takes. Each answer is an event on `shipping.events`. */
@Controller()
export class ShippingCommandsController {
  constructor(
    private readonly creating: CreateShipments,
    private readonly cancelling: CancelShipments,
    private readonly erasing: EraseShipments,
    private readonly shipments: ShipmentRepository,
  ) {}

  read(commands: readonly ReceivedMessage<Create | Cancel>[], tx: Transaction): Promise<unknown> {
    return this.shipments.open(
      tx,
      commands.map(({ data }) => data.orderId),
    );
  }

  @OutsideCallHandler(CreateShipment, READ_AHEAD)
  create(
    @Payload() commands: readonly ReceivedMessage<Create>[],
    @Ctx() { tx }: MessageContext<Transaction, Create>,
  ): Promise<OutsideCalls<unknown, Transaction, Create>> {
    return this.creating.prepare(commands, tx);
  }

  @OutsideCallHandler(CancelShipment, READ_AHEAD)
  cancel(
    @Payload() commands: readonly ReceivedMessage<Cancel>[],
    @Ctx() { tx }: MessageContext<Transaction, Cancel>,
  ): Promise<OutsideCalls<unknown, Transaction, Cancel>> {
    return this.cancelling.prepare(commands, tx);
  }

  @BatchMessageHandler(EraseShipment)
  erase(
    @Payload() commands: readonly ReceivedMessage<Erase>[],
    @Ctx() { tx }: MessageContext<Transaction, Erase>,
  ): Promise<void> {
    return this.erasing.execute(commands, tx);
  }
}
