import { createTestDatabase, testKafkaBrokers, uniqueTopic } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { testKafka } from '@waybill/kafka/testing';
import type { Broker, BrokerRecord } from '@waybill/messaging';

import { OutboxHarness, until } from '../testing/outbox-harness.js';
import { testMessage } from '../testing/test-message.js';

jest.setTimeout(120_000);

describe('OutboxRelay on Kafka', () => {
  let testDatabase: TestDatabase;
  let harness: OutboxHarness;
  let broker: Broker;
  let topic: string;
  let records: BrokerRecord[];

  beforeEach(async () => {
    testDatabase = await createTestDatabase('outbox');
    harness = await OutboxHarness.open(testDatabase.url);
    broker = testKafka({ brokers: testKafkaBrokers() });
    topic = uniqueTopic('outbox');
    records = [];
    await broker.ensureTopics([{ name: topic, kind: 'event' }]);
    const listener = {
      onRecords: (_: unknown, arrived: readonly BrokerRecord[]) => void records.push(...arrived),
      onAssigned: () => {},
      onHealth: () => {},
    };
    await broker.subscribe({ group: topic, topics: [topic] }, listener);
  });

  afterEach(async () => {
    await harness.close();
    await broker.close();
    await testDatabase.drop();
  });

  it('dates a record by its publishing, however old the row is, so that retention does not take it at once (F9)', async () => {
    const old = { ...testMessage(topic, 'k'), time: '2001-01-01T00:00:00.000Z' };
    await harness.add(harness.outbox(), old);
    await harness.sql("UPDATE outbox SET created_at = '2001-01-01'");
    const before = Date.now();
    harness.withRelay(broker, { topics: [topic] }).relay.start();
    await until('it arrives', () => records.length === 1, 60_000);
    expect(records[0]?.timestampMs).toBeGreaterThanOrEqual(before - 1_000);
    expect(records[0]?.headers['ce_time']?.toString()).toBe(old.time);
  });

  it('brings the bytes and the envelope of the row', async () => {
    const message = testMessage(topic, 'order-ä', { text: 'a\0b\uD800ü', n: 1.5 });
    const { outbox, relay } = harness.withRelay(broker, { topics: [topic] });
    relay.start();
    await harness.add(outbox, message);
    await until('it arrives', () => records.length === 1, 60_000);
    const [record] = records;
    expect(record?.key?.toString()).toBe('order-ä');
    expect(JSON.parse(record?.value?.toString() ?? '')).toEqual(message.data);
    const headers = Object.fromEntries(
      Object.entries(record?.headers ?? {}).map(([name, value]) => [name, value.toString()]),
    );
    expect(headers).toMatchObject({
      ce_id: message.id,
      ce_source: '/test',
      ce_type: 'test.happened.v1',
      ce_correlationid: message.correlationId,
    });
  });

  it('publishes to the topics that exist while one does not (F7), and to that one once it does (F2)', async () => {
    const missing = uniqueTopic('outbox_missing');
    const { outbox, relay } = harness.withRelay(broker, { topics: [topic, missing] });
    relay.start();
    await harness.add(
      outbox,
      ...Array.from({ length: 20 }, (_, n) => testMessage(n % 2 ? topic : missing, `k${n % 4}`, { n })),
    );
    await until(
      'the existing topic has its messages',
      () => new Set(records.map(({ headers }) => String(headers['ce_id']))).size === 10,
      60_000,
    );
    await broker.ensureTopics([{ name: missing, kind: 'event' }]);
    await until('all are marked', async () => (await harness.unpublished()) === 0, 60_000);
  });
});
