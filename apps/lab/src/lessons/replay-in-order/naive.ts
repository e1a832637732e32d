import { newId } from '@waybill/observability';

import { SOURCE } from '../stage/lesson-messages.js';
import { connect, recordOf, send } from '../stage/naive-broker.js';
import { consume } from '../stage/naive-consumer.js';
import type { Stage } from '../stage/stage.js';
import type { LessonData } from '../stage/wire.js';
import { countAddresses } from './count-addresses.js';
import type { AddressCounts } from './count-addresses.js';
import { Geocoder } from './geocoder.js';
import { AddressChanged, FAILING, ORDERS, orderOf, TOKENS } from './messages.js';

/** What fails goes to a dead letter topic, and from there back to where it came from: behind everything that came since. */
export async function naive(stage: Stage): Promise<AddressCounts> {
  const [changes, dead] = [stage.topic(), stage.topic('dead')];
  const geocoder = new Geocoder();
  const handled: string[] = [];
  let isReplaying = false;
  const { broker, publisher, close } = await connect(stage.wire(), [changes, dead]);
  const service = await consume<LessonData>(stage, broker, {
    topic: changes,
    handle: async ({ token }) => {
      geocoder.locate(token);
      await stage.books.readdress(stage.database, orderOf(token), token);
      handled.push(token);
      stage.show(token, 'handled', isReplaying ? 'again' : 'ok', `Order ${orderOf(token)} goes to address ${token}`);
    },
    onFailure: async (_, { token }, { key, value, headers }) => {
      await send(publisher, { topic: dead, key, value, headers });
      stage.show(token, 'letters', 'fault', `Change ${token} fails: off to the dead letter topic`);
      return false;
    },
  });
  try {
    for (const order of ORDERS) await stage.books.place(stage.database, order);
    for (const token of TOKENS) {
      const [topic, key, data] = [changes, stage.key(orderOf(token)), { run: stage.run, token }];
      await send(publisher, recordOf(AddressChanged, { topic, key, data, id: newId(), source: SOURCE }));
      stage.show(token, 'topic', 'ok', `Change ${token} is published`);
    }
    await stage.until('all changes but those that fail', () => handled.length === TOKENS.length - FAILING.length);

    geocoder.comeBack();
    isReplaying = true;
    stage.tell('letters', 'ok', 'The geocoder is back: the dead letters are replayed');
    const replay = await consume<LessonData>(stage, broker, {
      topic: dead,
      handle: (_, { key, value, headers }) => send(publisher, { topic: changes, key, value, headers }),
    });
    try {
      await stage.until('the replayed changes', () => handled.length === TOKENS.length);
    } finally {
      await replay.close();
    }
    const counts = await countAddresses(stage, FAILING.length);
    for (const address of counts.outdated) {
      stage.show(
        address,
        'handled',
        'lost',
        `Order ${orderOf(address)} goes to ${address}, which its customer gave up`,
      );
    }
    return counts;
  } finally {
    await service.close();
    await close();
  }
}
