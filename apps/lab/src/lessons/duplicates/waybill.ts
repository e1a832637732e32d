import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { MessageHandler, newMessage } from '@waybill/messaging';
import type { MessageContext } from '@waybill/messaging';
import { Outbox } from '@waybill/outbox';

import { Stage } from '../stage/stage.js';
import { startWaybillService } from '../stage/waybill-service.js';
import type { LessonData } from '../stage/wire.js';
import { countCharges, isCharged } from './count-charges.js';
import type { ChargeCounts } from './count-charges.js';
import { ChargeAsked, CHARGES, PRICE, REPEATED, TOKENS } from './messages.js';

/** The handler is as simple as the naive one: the inbox row commits with the charge, or neither does. */
@Controller()
class AccountController {
  constructor(private readonly stage: Stage) {}

  @MessageHandler(ChargeAsked)
  async asked(@Payload() { run, token }: LessonData, @Ctx() { tx }: MessageContext<Transaction>): Promise<void> {
    if (run !== this.stage.run) return;
    await this.stage.books.charge(tx, token, PRICE);
    tx.afterCommit(() => this.stage.show(token, 'account', 'ok', `Customer ${token} is charged`));
  }
}

export async function waybill(stage: Stage): Promise<ChargeCounts> {
  const known = new Set<string>();
  const wire = stage.wire({
    published: (token) => {
      if (!known.has(token)) stage.show(token, 'topic', 'ok', `Charge ${token} is published`);
    },
    delivered: (token) => {
      const text = `Charge ${token} comes`;
      if (known.has(token)) stage.tell('inbox', 'ok', `${text} again: the inbox has it, and skips it`);
      else stage.show(token, 'inbox', 'ok', text);
      known.add(token);
    },
  });
  wire.loseAnswersTo(REPEATED);
  const app = await startWaybillService(stage, {
    wire,
    topics: [{ name: CHARGES, kind: 'event' }],
    controllers: [AccountController],
  });
  try {
    const outbox = app.get(Outbox, { strict: false });
    for (const token of TOKENS) {
      await app.get(Database, { strict: false }).transaction(async (tx) => {
        outbox.add(tx, newMessage(ChargeAsked, { key: stage.key(token), data: { run: stage.run, token } }));
        return Promise.resolve();
      });
      const times = REPEATED.includes(token) ? 2 : 1; // the relay sends again what it has no answer to
      await stage.until(`charge ${token} to be published`, () => {
        return wire.published.filter((published) => published === token).length >= times;
      });
    }
    await stage.until('the last customer to be charged', isCharged(stage, TOKENS.at(-1)));
    return await countCharges(stage, wire);
  } finally {
    await app.close();
  }
}
