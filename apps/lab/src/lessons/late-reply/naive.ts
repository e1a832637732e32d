import type { Publisher } from '@waybill/messaging';
import { newId } from '@waybill/observability';

import { lessonEvent, SOURCE } from '../stage/lesson-messages.js';
import { connect, recordOf, send } from '../stage/naive-broker.js';
import { consume } from '../stage/naive-consumer.js';
import type { Stage } from '../stage/stage.js';
import type { LessonData } from '../stage/wire.js';
import { countPayments } from './count-payments.js';
import type { PaymentCounts } from './count-payments.js';
import { DEADLINE_MS, TOKENS } from './messages.js';
import { PaymentProvider } from './payment-provider.js';

/** Request and reply over two topics: who asks waits in memory, and takes silence for a no. */
class NaiveShop {
  readonly #waiting = new Map<string, () => void>();

  constructor(
    private readonly stage: Stage,
    private readonly ask: (token: string) => Promise<void>,
    private readonly provider: PaymentProvider,
  ) {}

  async pay(token: string): Promise<void> {
    const { books, database } = this.stage;
    const answered = new Promise<true>((resolve) => this.#waiting.set(token, () => resolve(true)));
    await this.ask(token);
    const isPaid = await Promise.race([answered, this.stage.pause(DEADLINE_MS)]);
    this.#waiting.delete(token);
    await books.settle(database, token, isPaid === true ? 'FULFILLED' : 'CANCELLED');
    if (isPaid === true) return this.stage.show(token, 'paid', 'ok', `Order ${token} is paid`);
    this.stage.show(token, 'cancelled', 'ok', `No answer: order ${token} is cancelled, as if it weren't charged`);
    this.provider.givenUp(token);
  }

  /** A reply that nobody waits for any more is dropped. */
  replied(token: string): void {
    this.#waiting.get(token)?.();
  }
}

export async function naive(stage: Stage): Promise<PaymentCounts> {
  const [requests, replies] = [stage.topic(), stage.topic('replies')];
  const { broker, publisher, close } = await connect(stage.wire(), [requests, replies]);
  const provider = new PaymentProvider(stage);
  const shop = new NaiveShop(stage, (token) => publish(stage, publisher, requests, token), provider);
  const replied = new Set<string>();
  const charges: Promise<void>[] = [];
  const charge = async (token: string): Promise<void> => {
    await provider.charge(token);
    await publish(stage, publisher, replies, token);
  };
  const atProvider = await consume<LessonData>(stage, broker, {
    topic: requests,
    handle: ({ token }) => {
      const charged = charge(token); // it works on many at once
      charged.catch(() => {}); // without its reply the run gets stuck, and says so
      charges.push(charged);
      return Promise.resolve();
    },
  });
  const atShop = await consume<LessonData>(stage, broker, {
    topic: replies,
    handle: ({ token }) => {
      shop.replied(token);
      replied.add(token);
      return Promise.resolve();
    },
  });
  try {
    for (const token of TOKENS) await stage.books.place(stage.database, token);
    await Promise.all(TOKENS.map((token) => shop.pay(token)));
    await stage.until('all answers of the provider', () => replied.size === TOKENS.length);
    const counts = await countPayments(stage);
    for (const token of counts.cheated) {
      stage.show(token, 'cancelled', 'lost', `Order ${token} was charged after all, and nobody listens`);
    }
    return counts;
  } finally {
    await Promise.allSettled(charges);
    await atProvider.close();
    await atShop.close();
    await close();
  }
}

async function publish(stage: Stage, publisher: Publisher, topic: string, token: string): Promise<void> {
  const record = { topic, key: stage.key(token), data: { run: stage.run, token }, id: newId(), source: SOURCE };
  await send(publisher, recordOf(lessonEvent(topic, 'payment'), record));
}
