import { Injectable } from '@nestjs/common';
import { PaymentErased } from '@waybill/contracts';
import type { ErasePayment } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { LetterErasure } from '@waybill/dlq';
import { eraseActs } from '@waybill/idempotency';
import { newMessage } from '@waybill/messaging';
import type { DataOf, ReceivedMessage } from '@waybill/messaging';
import { Outbox } from '@waybill/outbox';

import { PaymentRepository } from '../persistence/payment.repository.postgres.js';

/**
 * Forgets the customers of many orders in one transaction, in payments and in letters that have come to their end. The command follows all others of
 * its order, also those that are parked, so nothing comes after it that would bring the customer back. Repeatable.
 */
@Injectable()
export class ErasePayments {
  constructor(
    private readonly payments: PaymentRepository,
    private readonly letters: LetterErasure,
    private readonly outbox: Outbox,
  ) {}

  async execute(commands: readonly ReceivedMessage<DataOf<typeof ErasePayment>>[], tx: Transaction): Promise<void> {
    const orderIds = commands.map(({ data }) => data.orderId);
    const inHand = commands.map(({ envelope }) => envelope.id);
    await this.payments.erase(tx, orderIds);
    await this.letters.erase(tx, orderIds, inHand);
    await eraseActs(tx, orderIds);
    const answers = commands.map(({ data: { orderId }, envelope: cause }) =>
      newMessage(PaymentErased, { key: orderId, data: { orderId }, cause }),
    );
    this.outbox.add(tx, ...answers);
  }
}
