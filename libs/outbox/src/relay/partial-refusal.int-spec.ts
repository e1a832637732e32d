import { createTestDatabase, startEmbeddedKafka, uniqueTopic } from '@waybill/embedded/testing';
import type { EmbeddedKafka, TestDatabase } from '@waybill/embedded/testing';
import { testKafka } from '@waybill/kafka/testing';
import type { Broker, BrokerRecord } from '@waybill/messaging';

import { OutboxHarness, until } from '../testing/outbox-harness.js';
import { testMessage } from '../testing/test-message.js';

jest.setTimeout(120_000);

const KEYS = Array.from({ length: 20 }, (_, n) => `key-${n}`);

/** With kafkajs over TCP, against a broker of this test's own that fails on demand. */
describe('a request of which one partition refuses and another accepts (F43)', () => {
  let kafka: EmbeddedKafka;
  let broker: Broker;
  let testDatabase: TestDatabase;
  let harness: OutboxHarness;
  let topic: string;
  let records: BrokerRecord[];

  beforeEach(async () => {
    kafka = await startEmbeddedKafka({ storage: 'memory' });
    broker = testKafka({ brokers: [kafka.brokers], partitions: 2 });
    testDatabase = await createTestDatabase('outbox');
    harness = await OutboxHarness.open(testDatabase.url);
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
    await kafka.stop();
    await testDatabase.drop();
  });

  const ids = (): readonly string[] => records.map(({ headers }) => String(headers['ce_id']));
  const batch = () => KEYS.map((key) => testMessage(topic, key));

  it('all of it arrives, and so do equally many different messages that follow, in the order of their keys', async () => {
    const { outbox, relay } = harness.withRelay(broker, { topics: [topic] });
    relay.start();
    const first = batch();
    const end = kafka.faults.refuseProduces(topic, { partition: 0 });
    await harness.add(outbox, ...first);
    await until('the other partition has its messages', () => records.length > 0, 60_000);
    expect(new Set(records.map(({ partition }) => partition))).toEqual(new Set([1]));
    // Before that the refusal might end in time for the retry of kafkajs, and nothing would have been refused to the relay.
    const isAnswered = async () => (await relay.state()).failing.length > 0 || (await harness.unpublished()) === 0;
    await until('the relay has its answer', isAnswered, 60_000);
    const second = batch();
    await harness.add(outbox, ...second);
    end();
    await until('all are marked', async () => (await harness.unpublished()) === 0, 60_000);
    const all = [...first, ...second];
    await until('all have arrived', () => new Set(ids()).size >= all.length, 60_000);

    expect(new Set(ids())).toEqual(new Set(all.map(({ id }) => id)));
    expect(new Set(records.map(({ partition }) => partition))).toEqual(new Set([0, 1]));
    for (const key of KEYS) {
      const own = new Set(
        records.filter((record) => record.key?.toString() === key).map(({ headers }) => String(headers['ce_id'])),
      );
      expect([...own]).toEqual(all.filter((message) => message.key === key).map(({ id }) => id));
    }
  });
});
