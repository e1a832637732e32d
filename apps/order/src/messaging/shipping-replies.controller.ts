import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { CancelShipmentFailed, ShipmentCancelled, ShipmentCreated, ShipmentRefused } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { BatchMessageHandler } from '@waybill/messaging';
import type { MessageContext, ReceivedMessage } from '@waybill/messaging';

import { Fulfilment } from '../sagas/fulfilment.js';

/** The shipping service's answers. ShipmentCreated starts the pivot: the order is FULFILLED in the same transaction. */
@Controller()
export class ShippingRepliesController {
  constructor(private readonly fulfilment: Fulfilment) {}

  @BatchMessageHandler(ShipmentCreated)
  created(@Payload() messages: readonly ReceivedMessage[], @Ctx() { tx }: MessageContext<Transaction>): Promise<void> {
    return this.fulfilment.answered(tx, messages);
  }

  @BatchMessageHandler(ShipmentRefused)
  refused(@Payload() messages: readonly ReceivedMessage[], @Ctx() { tx }: MessageContext<Transaction>): Promise<void> {
    return this.fulfilment.answered(tx, messages);
  }

  @BatchMessageHandler(ShipmentCancelled)
  cancelled(
    @Payload() messages: readonly ReceivedMessage[],
    @Ctx() { tx }: MessageContext<Transaction>,
  ): Promise<void> {
    return this.fulfilment.answered(tx, messages);
  }

  @BatchMessageHandler(CancelShipmentFailed)
  cancelFailed(
    @Payload() messages: readonly ReceivedMessage[],
    @Ctx() { tx }: MessageContext<Transaction>,
  ): Promise<void> {
    return this.fulfilment.answered(tx, messages);
  }
}
