import { newId } from '@waybill/observability';

import { SOURCE } from '../stage/lesson-messages.js';
import { connect, recordOf, send } from '../stage/naive-broker.js';
import { consume } from '../stage/naive-consumer.js';
import type { Stage } from '../stage/stage.js';
import { countParcels } from './count-parcels.js';
import type { ParcelCounts } from './count-parcels.js';
import { customerOf, ParcelAsked, parcelOf, POISON, TOKENS } from './messages.js';
import type { Parcel } from './messages.js';

/** It would try for ever; the lesson doesn't watch for ever. */
const WATCHED_ATTEMPTS = 20;
const RETRY_MS = 100;

/** A message that fails is tried again until it succeeds: nothing is lost, and nothing moves. */
export async function naive(stage: Stage): Promise<ParcelCounts> {
  let attempts = 0;
  const wire = stage.wire({ published: (token) => stage.show(token, 'topic', 'ok', `Message ${token} is published`) });
  const { broker, publisher, close } = await connect(wire, [stage.topic()]);
  const shipping = await consume<Parcel>(stage, broker, {
    topic: stage.topic(),
    handle: async ({ token, grams }) => {
      await stage.books.ship(stage.database, token, grams);
      stage.show(token, 'shipped', 'ok', `Parcel ${token} is on its way`);
    },
    onFailure: async (_, { token }) => {
      attempts += 1;
      stage.show(token, 'handler', 'fault', `Message ${token} fails, attempt ${attempts}: all behind it wait`);
      await stage.pause(RETRY_MS);
      return true;
    },
  });
  try {
    for (const token of TOKENS) {
      const [topic, key, data] = [stage.topic(), stage.key(customerOf(token)), parcelOf(stage.run, token)];
      await send(publisher, recordOf(ParcelAsked, { topic, key, data, id: newId(), source: SOURCE }));
    }
    await stage.until('the naive consumer to have tried often enough', () => attempts >= WATCHED_ATTEMPTS);
    await shipping.close(); // in the middle of its next attempt
    const meanwhile = (await stage.books.parcels(stage.database)).length;
    const counts = await countParcels(stage, { attempts, meanwhile });
    const sent = await stage.books.parcels(stage.database);
    const behind = TOKENS.filter((token) => token !== POISON && !sent.includes(token));
    for (const token of behind) stage.show(token, 'topic', 'waiting', `Message ${token} still waits`);
    stage.tell('handler', 'fault', `${behind.length} messages wait behind ${POISON}, for as long as nobody looks`);
    return counts;
  } finally {
    await shipping.close();
    await close();
  }
}
