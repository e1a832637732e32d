import { SERVICE_NAMES, topics } from '@waybill/contracts';
import { describeOnNats, NATS_URL, removeTestStreams, testPrefix } from '@waybill/nats/testing';
import { describeOnRabbit, rabbitUrl, TestRabbit } from '@waybill/rabbitmq/testing';

import { expectBalanced, stockTake } from '../system/ledger.js';
import { RunningSystem } from '../system/running-system.js';

const EACH = 6;

/** One pass through all services, and through the deaths of two of them. */
function carriesOrders(start: () => Promise<RunningSystem>): void {
  let system: RunningSystem;
  let initial: ReadonlyMap<string, number>;

  beforeAll(async () => {
    system = await start();
    initial = await stockTake(system);
  }, 150_000);

  afterAll(() => system?.stop(), 60_000);

  const place = (count: number, overrides: Record<string, unknown>) =>
    Promise.all(Array.from({ length: count }, () => system.place(overrides)));

  it('fulfils orders, undoes others, and keeps the ledgers balanced', async () => {
    const placed = await Promise.all([
      place(EACH, {}),
      place(EACH, { paymentMethod: 'pm_card_declined' }),
      place(EACH, { items: [{ sku: 'SKU-SOLD-OUT', quantity: 1 }] }),
      place(EACH, { paymentMethod: 'pm_card_slow' }),
    ]);
    const slow = placed[3];
    await Promise.all(slow.map(({ body }) => system.post(`/orders/${body.id}/cancel`, { reason: 'changed my mind' })));
    const ended = await Promise.all(placed.map((of) => Promise.all(of.map(({ body }) => system.ended(body.id)))));
    expect(ended.map((of) => [...new Set(of.map(({ status }) => status))])).toEqual([
      ['FULFILLED'],
      ['REJECTED'],
      ['REJECTED'],
      ['CANCELLED'],
    ]);
    await expectBalanced(system, initial);
  }, 120_000);

  it('loses and doubles nothing where services are killed with orders in hand', async () => {
    const { order, payment } = system.services;
    const placed = await place(4 * EACH, {});
    for (const service of [order, payment]) {
      await service.end('SIGKILL');
      service.spawn();
    }
    await Promise.all([order, payment].map((service) => service.ready()));
    const ended = await Promise.all(placed.map(({ body }) => system.ended(body.id, 90_000)));
    expect(ended.map(({ status }) => status)).toEqual(placed.map(() => 'FULFILLED'));
    await expectBalanced(system, initial);
  }, 150_000);
}

const EVERYTHING = {
  topics: [...Object.values(topics).map(({ name }) => name), ...SERVICE_NAMES.map((name) => `${name}.dlq`)],
  groups: SERVICE_NAMES,
};

const startOn = (url: string, prefix: string): Promise<RunningSystem> =>
  RunningSystem.start({ KAFKA_BROKERS: '', BROKER_URL: url, BROKER_PREFIX: prefix, TOPIC_PARTITIONS: '3' });

describeOnRabbit('services on RabbitMQ', () => {
  const rabbit = new TestRabbit();
  rabbit.adopt(EVERYTHING);
  carriesOrders(() => startOn(rabbitUrl, rabbit.prefix));
  afterAll(() => rabbit.remove(), 60_000);
});

describeOnNats('services on NATS JetStream', () => {
  carriesOrders(() => startOn(NATS_URL, testPrefix()));
  afterAll(() => removeTestStreams(), 60_000);
});
