import { randomUUID } from 'node:crypto';

import type { Broker, RecordToPublish, Subscription } from '@waybill/messaging';

import { percentile } from '../shared/statistics.js';
import type { MeasuredBroker } from './brokers.js';

const REQUEST = 100; // as a relay publishes
const SINGLE = 300;
const VALUE = Buffer.alloc(1_024, 'x');

/** Rates in messages a second, times in milliseconds. */
export interface Figures {
  readonly published: number;
  readonly publishedP50: number;
  readonly publishedP99: number;
  readonly consumed: number;
  readonly throughP50: number;
  readonly throughP99: number;
}

/** One round on a topic of its own. */
export async function measure(place: MeasuredBroker, asked: number): Promise<Figures> {
  const messages = Math.min(asked, place.mostMessages ?? Infinity);
  const topic = `bench-${randomUUID().slice(0, 8)}`;
  const broker = place.open();
  await broker.ensureTopics([{ name: topic, kind: 'event' }]);
  const publisher = await broker.createPublisher();
  const publish = async (records: readonly RecordToPublish[]): Promise<void> => {
    for (const outcome of await publisher.publish(records)) if (!outcome.ok) throw outcome.error;
  };
  try {
    const singles = await times(SINGLE, (n) => publish([record(topic, n)]));
    const began = performance.now();
    for (let sent = 0; sent < messages; sent += REQUEST) {
      await publish(Array.from({ length: REQUEST }, (_, n) => record(topic, sent + n)));
    }
    const published = messages / ((performance.now() - began) / 1_000);

    const reader = new Reader();
    await reader.join(broker, topic);
    await reader.until(SINGLE + messages);
    const consumed = (SINGLE + messages) / ((performance.now() - reader.firstAt) / 1_000);
    const through = await times(SINGLE, async (n) => {
      const arrived = reader.until(SINGLE + messages + n + 1);
      await publish([record(topic, n)]);
      await arrived;
    });
    await reader.leave();
    return {
      published,
      publishedP50: percentile(singles, 0.5),
      publishedP99: percentile(singles, 0.99),
      consumed,
      throughP50: percentile(through, 0.5),
      throughP99: percentile(through, 0.99),
    };
  } finally {
    await publisher.close();
    await broker.close();
  }
}

/** With an id of its own: NATS drops what is published twice. */
function record(topic: string, n: number): RecordToPublish {
  const headers = { ce_id: randomUUID(), ce_source: '/bench', ce_type: 'bench.event.v1' };
  return { topic, key: Buffer.from(`key-${n % 500}`), value: VALUE, headers };
}

async function times(count: number, work: (n: number) => Promise<void>): Promise<readonly number[]> {
  const all: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const began = performance.now();
    await work(n);
    all.push(performance.now() - began);
  }
  return all;
}

/** Acknowledges what it gets, as a consumer does. */
class Reader {
  #count = 0;
  #waiting: { readonly count: number; readonly resolve: () => void } | undefined;
  #subscription: Subscription | undefined;
  firstAt = 0;

  async join(broker: Broker, topic: string): Promise<void> {
    this.#subscription = await broker.subscribe(
      { group: topic, topics: [topic] },
      {
        onRecords: (lane, records) => {
          if (this.firstAt === 0) this.firstAt = performance.now();
          this.#count += records.length;
          const next = String(BigInt(records.at(-1)?.position ?? -1) + 1n);
          void this.#subscription?.acknowledge([{ ...lane, next }]); // the first may come before there is one
          if (this.#waiting !== undefined && this.#count >= this.#waiting.count) this.#waiting.resolve();
        },
        onAssigned: () => {},
        onHealth: () => {},
      },
    );
  }

  async leave(): Promise<void> {
    await this.#subscription?.close();
  }

  until(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = { count, resolve };
      if (this.#count >= count) resolve();
    });
  }
}
