import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { PaymentCharged } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { MessageHandler, newMessage } from '@waybill/messaging';
import type { DataOf, MessageContext } from '@waybill/messaging';
import { Outbox } from '@waybill/outbox';

import { Points } from '../persistence/points.js';
import { PointsCredited } from './loyalty.events.js';

@Controller()
export class PaymentsController {
  constructor(
    private readonly points: Points,
    private readonly outbox: Outbox,
  ) {}

  /** The points, the message that tells of them and the inbox row commit together: once in effect. */
  @MessageHandler(PaymentCharged)
  async charged(
    @Payload() { orderId, amount }: DataOf<typeof PaymentCharged>,
    @Ctx() { tx }: MessageContext<Transaction>,
  ): Promise<void> {
    const points = await this.points.credit(tx, orderId, amount.amount);
    this.outbox.add(tx, newMessage(PointsCredited, { key: orderId, data: { orderId, points } }));
  }
}
