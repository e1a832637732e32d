import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { PaymentCharged, PaymentDeclined, PaymentRefunded, RefundFailed } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { BatchMessageHandler } from '@waybill/messaging';
import type { MessageContext, ReceivedMessage } from '@waybill/messaging';

import { Fulfilment } from '../sagas/fulfilment.js';

/** The payment service's answers. */
@Controller()
export class PaymentRepliesController {
  constructor(private readonly fulfilment: Fulfilment) {}

  @BatchMessageHandler(PaymentCharged)
  charged(@Payload() messages: readonly ReceivedMessage[], @Ctx() { tx }: MessageContext<Transaction>): Promise<void> {
    return this.fulfilment.answered(tx, messages);
  }

  @BatchMessageHandler(PaymentDeclined)
  declined(@Payload() messages: readonly ReceivedMessage[], @Ctx() { tx }: MessageContext<Transaction>): Promise<void> {
    return this.fulfilment.answered(tx, messages);
  }

  @BatchMessageHandler(PaymentRefunded)
  refunded(@Payload() messages: readonly ReceivedMessage[], @Ctx() { tx }: MessageContext<Transaction>): Promise<void> {
    return this.fulfilment.answered(tx, messages);
  }

  @BatchMessageHandler(RefundFailed)
  refundFailed(
    @Payload() messages: readonly ReceivedMessage[],
    @Ctx() { tx }: MessageContext<Transaction>,
  ): Promise<void> {
    return this.fulfilment.answered(tx, messages);
  }
}
