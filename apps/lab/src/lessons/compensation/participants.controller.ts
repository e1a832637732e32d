import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { Transaction } from '@waybill/database';
import { MessageHandler, newMessage } from '@waybill/messaging';
import type { MessageContext, MessageContract } from '@waybill/messaging';
import { Outbox } from '@waybill/outbox';

import { Stage } from '../stage/stage.js';
import type { LessonData } from '../stage/wire.js';
import * as message from './messages.js';

type Context = MessageContext<Transaction, LessonData>;

/** Payment, stock and carrier in one: each does what it is asked and answers, in one transaction. Runs of before get their answers, too. */
@Controller()
export class ParticipantsController {
  constructor(
    private readonly stage: Stage,
    private readonly outbox: Outbox,
  ) {}

  @MessageHandler(message.Charge)
  async charge(@Payload() data: LessonData, @Ctx() context: Context): Promise<void> {
    if (this.#isOurs(data)) await this.stage.books.charge(context.tx, data.token, message.PRICE);
    this.#answer(context, message.Charged, ['charged', 'ok', `Customer ${data.token} is charged`]);
  }

  @MessageHandler(message.Refund)
  async refund(@Payload() data: LessonData, @Ctx() context: Context): Promise<void> {
    if (this.#isOurs(data)) await this.stage.books.charge(context.tx, data.token, -message.PRICE);
    this.#answer(context, message.Refunded, ['order', 'undone', `Customer ${data.token} has the money back`]);
  }

  @MessageHandler(message.Reserve)
  async reserve(@Payload() data: LessonData, @Ctx() context: Context): Promise<void> {
    if (this.#isOurs(data)) await this.stage.books.reserve(context.tx, data.token);
    this.#answer(context, message.Reserved, ['reserved', 'ok', `The goods of order ${data.token} are reserved`]);
  }

  @MessageHandler(message.Release)
  async release(@Payload() data: LessonData, @Ctx() context: Context): Promise<void> {
    if (this.#isOurs(data)) await this.stage.books.release(context.tx, data.token);
    this.#answer(context, message.Released, ['charged', 'undone', `The goods of order ${data.token} are released`]);
  }

  @MessageHandler(message.Ship)
  async ship(@Payload() data: LessonData, @Ctx() context: Context): Promise<void> {
    const { token } = data;
    if (message.REFUSED.includes(token)) {
      const text = `The carrier refuses order ${token}: the saga turns round`;
      this.#answer(context, message.ShippingRefused, ['reserved', 'fault', text]);
      return;
    }
    if (this.#isOurs(data)) await this.stage.books.ship(context.tx, token);
    this.#answer(context, message.Shipped, ['shipped', 'ok', `Parcel ${token} is on its way`]);
  }

  #isOurs({ run }: LessonData): boolean {
    return run === this.stage.run;
  }

  #answer(
    { tx, message: command }: Context,
    contract: MessageContract<LessonData>,
    [station, mark, text]: readonly [string, 'ok' | 'fault' | 'undone', string],
  ): void {
    const { data, key, envelope: cause } = command;
    this.outbox.add(tx, newMessage(contract, { key, data, cause }));
    if (this.#isOurs(data)) tx.afterCommit(() => this.stage.show(data.token, station, mark, text));
  }
}
