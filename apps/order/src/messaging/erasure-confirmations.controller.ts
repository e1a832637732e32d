import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { PaymentErased, ShipmentErased } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { BatchMessageHandler } from '@waybill/messaging';
import type { DataOf, MessageContext, ReceivedMessage } from '@waybill/messaging';

import { Erasures } from '../persistence/erasures.postgres.js';

type Confirmations = readonly ReceivedMessage<DataOf<typeof PaymentErased | typeof ShipmentErased>>[];

/** Hears which service has forgotten which orders' customers. */
@Controller()
export class ErasureConfirmationsController {
  constructor(private readonly erasures: Erasures) {}

  @BatchMessageHandler(PaymentErased)
  paymentErased(@Payload() messages: Confirmations, @Ctx() { tx }: MessageContext<Transaction>): Promise<void> {
    return this.erasures.confirm(tx, 'payment', orderIdsOf(messages));
  }

  @BatchMessageHandler(ShipmentErased)
  shipmentErased(@Payload() messages: Confirmations, @Ctx() { tx }: MessageContext<Transaction>): Promise<void> {
    return this.erasures.confirm(tx, 'shipping', orderIdsOf(messages));
  }
}

function orderIdsOf(messages: Confirmations): readonly string[] {
  return messages.map(({ data }) => data.orderId);
}
