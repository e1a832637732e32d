import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { DeadLetters, Replays } from '@waybill/dlq';
import { MessageHandler, newMessage } from '@waybill/messaging';
import type { MessageContext } from '@waybill/messaging';
import { Outbox } from '@waybill/outbox';

import { Stage } from '../stage/stage.js';
import { startWaybillService } from '../stage/waybill-service.js';
import type { LessonData } from '../stage/wire.js';
import { countAddresses } from './count-addresses.js';
import type { AddressCounts } from './count-addresses.js';
import { Geocoder } from './geocoder.js';
import { AddressChanged, ADDRESSES, FAILING, lastOf, ORDERS, orderOf, TOKENS } from './messages.js';

@Controller()
class AddressController {
  constructor(
    private readonly stage: Stage,
    private readonly geocoder: Geocoder,
  ) {}

  @MessageHandler(AddressChanged)
  async changed(@Payload() { run, token }: LessonData, @Ctx() { tx }: MessageContext<Transaction>): Promise<void> {
    if (run !== this.stage.run) return;
    this.geocoder.locate(token);
    const order = orderOf(token);
    await this.stage.books.readdress(tx, order, token);
    tx.afterCommit(() => this.stage.show(token, 'handled', 'ok', `Order ${order} goes to address ${token}`));
  }
}

export async function waybill(stage: Stage): Promise<AddressCounts> {
  const geocoder = new Geocoder();
  const app = await startWaybillService(stage, {
    wire: stage.wire(),
    topics: [{ name: ADDRESSES, kind: 'event' }],
    controllers: [AddressController],
    providers: [{ provide: Geocoder, useValue: geocoder }],
  });
  const [outbox, letters] = [app.get(Outbox, { strict: false }), app.get(DeadLetters, { strict: false })];
  try {
    for (const order of ORDERS) await stage.books.place(stage.database, order);
    await app.get(Database, { strict: false }).transaction(async (tx) => {
      for (const token of TOKENS) {
        const data = { run: stage.run, token };
        outbox.add(tx, newMessage(AddressChanged, { key: stage.key(orderOf(token)), data }));
        tx.afterCommit(() => stage.show(token, 'topic', 'ok', `Change ${token} is committed, and published`));
      }
      return Promise.resolve();
    });
    for (const token of FAILING) {
      const key = stage.key(orderOf(token));
      const behind = TOKENS.slice(TOKENS.indexOf(token) + 1).filter((later) => orderOf(later) === orderOf(token));
      await stage.until(`change ${token} to be a dead letter`, async () => (await letters.count({ key })).count === 1);
      stage.show(token, 'letters', 'fault', `Change ${token} fails: a dead letter`);
      await stage.until(`what is behind ${token} to be parked`, async () => {
        return (await letters.count({ key, state: 'parked' })).count === behind.length;
      });
      for (const later of behind) stage.show(later, 'letters', 'waiting', `Change ${later} is parked behind it`);
    }

    geocoder.comeBack();
    stage.tell(
      'letters',
      'ok',
      'The geocoder is back: the dead letters are replayed, and what waits behind them follows',
    );
    let replayed = 0;
    for (const token of FAILING) {
      const operator = { who: 'lab', why: 'the geocoder is back' };
      const filter = { key: stage.key(orderOf(token)) };
      const report = await app.get(Replays, { strict: false }).replay(filter, operator, { limit: 1, waitMs: 30_000 });
      replayed += report.replayed;
    }
    await stage.until('all changes', async () => {
      const orders = await stage.books.orders(stage.database);
      const affected = orders.filter(({ token }) => FAILING.map(orderOf).includes(token));
      return affected.every(({ token, address }) => address === lastOf(token));
    });
    return await countAddresses(stage, replayed);
  } finally {
    await app.close();
  }
}
