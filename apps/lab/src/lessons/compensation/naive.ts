import { newId } from '@waybill/observability';

import { lessonEvent, SOURCE } from '../stage/lesson-messages.js';
import { connect, recordOf, send } from '../stage/naive-broker.js';
import { consume } from '../stage/naive-consumer.js';
import type { Stage } from '../stage/stage.js';
import type { LessonData } from '../stage/wire.js';
import { countPurchases } from './count-purchases.js';
import type { PurchaseCounts } from './count-purchases.js';
import { PRICE, REFUSED, TOKENS } from './messages.js';

/** One step after the other, as if none could fail. */
async function fulfil(stage: Stage, token: string): Promise<void> {
  const { books, database } = stage;
  await books.charge(database, token, PRICE);
  stage.show(token, 'charged', 'ok', `Customer ${token} is charged`);
  await books.reserve(database, token);
  stage.show(token, 'reserved', 'ok', `The goods of order ${token} are reserved`);
  if (REFUSED.includes(token)) throw new Error(`The carrier refuses order ${token}`);
  await books.ship(database, token);
  stage.show(token, 'shipped', 'ok', `Parcel ${token} is on its way`);
}

export async function naive(stage: Stage): Promise<PurchaseCounts> {
  const { broker, publisher, close } = await connect(stage.wire(), [stage.topic()]);
  const ended = new Set<string>();
  const service = await consume<LessonData>(stage, broker, {
    topic: stage.topic(),
    handle: async ({ token }) => {
      await fulfil(stage, token);
      ended.add(token);
    },
    onFailure: (_, { token }) => {
      stage.show(token, 'reserved', 'fault', `The carrier refuses order ${token}: an error in the log, and that is it`);
      ended.add(token);
      return Promise.resolve(false); // to try again would charge again
    },
  });
  try {
    for (const token of TOKENS) {
      const [topic, key, data] = [stage.topic(), stage.key(token), { run: stage.run, token }];
      await stage.books.place(stage.database, token);
      const contract = lessonEvent(topic, 'order-placed');
      await send(publisher, recordOf(contract, { topic, key, data, id: newId(), source: SOURCE }));
    }
    await stage.until('all orders to have ended', () => ended.size === TOKENS.length);
    const counts = await countPurchases(stage);
    for (const token of counts.cheated) stage.show(token, 'reserved', 'lost', `Customer ${token} has paid for nothing`);
    return counts;
  } finally {
    await service.close();
    await close();
  }
}
