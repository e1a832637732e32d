import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { StockCommitted, StockRejected, StockReleased, StockReserved } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { BatchMessageHandler } from '@waybill/messaging';
import type { MessageContext, ReceivedMessage } from '@waybill/messaging';

import { Fulfilment } from '../sagas/fulfilment.js';

/** The inventory service's answers. */
@Controller()
export class InventoryRepliesController {
  constructor(private readonly fulfilment: Fulfilment) {}

  @BatchMessageHandler(StockReserved)
  reserved(@Payload() messages: readonly ReceivedMessage[], @Ctx() { tx }: MessageContext<Transaction>): Promise<void> {
    return this.fulfilment.answered(tx, messages);
  }

  @BatchMessageHandler(StockRejected)
  rejected(@Payload() messages: readonly ReceivedMessage[], @Ctx() { tx }: MessageContext<Transaction>): Promise<void> {
    return this.fulfilment.answered(tx, messages);
  }

  @BatchMessageHandler(StockReleased)
  released(@Payload() messages: readonly ReceivedMessage[], @Ctx() { tx }: MessageContext<Transaction>): Promise<void> {
    return this.fulfilment.answered(tx, messages);
  }

  @BatchMessageHandler(StockCommitted)
  committed(
    @Payload() messages: readonly ReceivedMessage[],
    @Ctx() { tx }: MessageContext<Transaction>,
  ): Promise<void> {
    return this.fulfilment.answered(tx, messages);
  }
}
