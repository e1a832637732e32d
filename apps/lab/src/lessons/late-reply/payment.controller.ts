import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { Transaction } from '@waybill/database';
import { MessageHandler, newMessage, OutsideCallHandler } from '@waybill/messaging';
import type { MessageContext, MessageContract, OutsideCalls, ReceivedMessage } from '@waybill/messaging';
import { Outbox } from '@waybill/outbox';

import { Stage } from '../stage/stage.js';
import type { LessonData } from '../stage/wire.js';
import { Charge, Charged, PRICE, Refund, Refunded } from './messages.js';
import { PaymentProvider } from './payment-provider.js';

/** Asks the provider outside any transaction, and answers whenever it has answered. */
@Controller()
export class PaymentController {
  constructor(
    private readonly stage: Stage,
    private readonly provider: PaymentProvider,
    private readonly outbox: Outbox,
  ) {}

  @OutsideCallHandler(Charge)
  charge(
    @Payload() commands: readonly ReceivedMessage<LessonData>[],
  ): Promise<OutsideCalls<void, Transaction, LessonData>> {
    return Promise.resolve({
      calls: commands.map(({ data }) => async () => {
        if (data.run === this.stage.run) await this.provider.charge(data.token);
      }),
      conclude: async (called, tx) => {
        for (const { message } of called) this.#answer(tx, message, Charged);
        return Promise.resolve();
      },
    });
  }

  @MessageHandler(Refund)
  async refund(
    @Payload() { run, token }: LessonData,
    @Ctx() { tx, message }: MessageContext<Transaction, LessonData>,
  ): Promise<void> {
    const { books } = this.stage;
    if (run === this.stage.run) {
      const account = (await books.accounts(tx)).find((each) => each.token === token);
      if ((account?.balance ?? 0) > 0) {
        await books.charge(tx, token, -PRICE);
        tx.afterCommit(() => this.stage.show(token, 'cancelled', 'undone', `Customer ${token} has the money back`));
      }
    }
    this.#answer(tx, message, Refunded);
  }

  #answer(
    tx: Transaction,
    { data, key, envelope: cause }: ReceivedMessage<LessonData>,
    contract: MessageContract<LessonData>,
  ): void {
    this.outbox.add(tx, newMessage(contract, { key, data, cause }));
  }
}
