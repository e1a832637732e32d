import { newId } from '@waybill/observability';

import { SOURCE } from '../stage/lesson-messages.js';
import { connect, recordOf, send } from '../stage/naive-broker.js';
import { consume } from '../stage/naive-consumer.js';
import type { Stage } from '../stage/stage.js';
import type { LessonData } from '../stage/wire.js';
import { countCharges, isCharged } from './count-charges.js';
import type { ChargeCounts } from './count-charges.js';
import { ChargeAsked, PRICE, REPEATED, TOKENS } from './messages.js';

/** The producer tries again until it is told that the message is there; the consumer believes that each message comes once. */
export async function naive(stage: Stage): Promise<ChargeCounts> {
  const wire = stage.wire({
    published: (token) => stage.show(token, 'topic', 'ok', `Charge ${token} is published`),
    delivered: (token) => stage.show(token, 'inbox', 'ok', `Charge ${token} comes`),
  });
  wire.loseAnswersTo(REPEATED);
  const charged = new Set<string>();
  const { broker, publisher, close } = await connect(wire, [stage.topic()]);
  const payment = await consume<LessonData>(stage, broker, {
    topic: stage.topic(),
    handle: async ({ token }) => {
      await stage.books.charge(stage.database, token, PRICE);
      if (charged.has(token)) stage.show(token, 'account', 'again', `Customer ${token} is charged a second time`);
      else stage.show(token, 'account', 'ok', `Customer ${token} is charged`);
      charged.add(token);
    },
  });
  try {
    for (const token of TOKENS) {
      const [topic, key, data] = [stage.topic(), stage.key(token), { run: stage.run, token }];
      const record = recordOf(ChargeAsked, { topic, key, data, id: newId(), source: SOURCE });
      for (let isSent = false; !isSent;) {
        isSent = await send(publisher, record).then(
          () => true,
          () => false, // tried again, as any producer does
        );
        if (!isSent) stage.tell('topic', 'fault', `The answer to charge ${token} is lost: it is sent again`);
      }
    }
    await stage.until('the last customer to be charged', isCharged(stage, TOKENS.at(-1)));
    return await countCharges(stage, wire);
  } finally {
    await payment.close();
    await close();
  }
}
