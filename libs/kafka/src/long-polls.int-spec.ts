import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Broker, BrokerRecord, Lane, Subscription } from '@waybill/messaging';
import { eventually } from '@waybill/messaging/testing';

import { testKafka } from './testing/test-kafka.js';

jest.setTimeout(60_000);

const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
/** An idle poll takes 2 s; half of it is far from both. */
const SOON_MS = 1_000;

describe('an idle consumer, which polls long', () => {
  let broker: Broker;
  let subscription: Subscription;
  let lanes: readonly Lane[];
  let received: BrokerRecord[];

  beforeEach(async () => {
    broker = testKafka({ brokers, topicPrefix: `${randomUUID()}.`, partitions: 2 });
    await broker.ensureTopics([{ name: 'quiet', kind: 'event' }]);
    lanes = [];
    received = [];
    subscription = await broker.subscribe(
      { group: 'g', topics: ['quiet'] },
      {
        onRecords: (_, records) => void received.push(...records),
        onAssigned: (assigned) => void (lanes = assigned),
        onHealth: () => {},
      },
    );
    await eventually(() => lanes.length === 2, 30_000);
    await sleep(2_500); // it polls, and not for the first time
  });

  afterEach(() => broker.close());

  async function publish(value: string): Promise<void> {
    const publisher = await broker.createPublisher();
    const records = ['a', 'b', 'c', 'd'].map((key) => ({ key: Buffer.from(key), value: Buffer.from(value) }));
    await publisher.publish(records.map((record) => ({ topic: 'quiet', headers: {}, ...record })));
  }

  it('stops at once, not when its poll ends', async () => {
    const startedAt = performance.now();
    await subscription.close();
    expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
  });

  it('gets what comes at once', async () => {
    const startedAt = performance.now();
    await publish('x');
    await eventually(() => received.length === 4, 30_000);
    expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
  });

  it('reads a lane on as soon as it is resumed, also where all were paused', async () => {
    for (const lane of lanes) subscription.pause(lane);
    await publish('x');
    await sleep(2_500); // what the poll brought for paused lanes is dropped, and fetched again
    expect(received).toEqual([]);
    const startedAt = performance.now();
    for (const lane of lanes) subscription.resume(lane);
    await eventually(() => received.length === 4, 30_000);
    expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
  });

  it('reads a lane on as soon as it is resumed, beside another that is idle', async () => {
    const [lane] = lanes;
    if (!lane) throw new Error('no lane');
    subscription.pause(lane);
    await publish('x');
    await eventually(() => received.length > 0, 30_000);
    await sleep(2_500);
    expect(received.length).toBeLessThan(4);
    const startedAt = performance.now();
    subscription.resume(lane);
    await eventually(() => received.length === 4, 30_000);
    expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
  });
});
