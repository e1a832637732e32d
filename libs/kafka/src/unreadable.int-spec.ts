import { randomUUID } from 'node:crypto';

import { compressionsAlgorithms, Producer, stringSerializers } from '@platformatic/kafka';
import { startEmbeddedKafka } from '@waybill/embedded/testing';
import type { EmbeddedKafka } from '@waybill/embedded/testing';
import type { Broker, BrokerRecord, Lane, UnreadableRecords } from '@waybill/messaging';
import { eventually } from '@waybill/messaging/testing';
import kafkajs, { CompressionTypes, Kafka, logLevel } from 'kafkajs';

import { kafkaBroker } from './kafka-broker.js';
import { testKafka } from './testing/test-kafka.js';

jest.setTimeout(60_000);

const testBrokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');

/** Subscribes and keeps what it is told. */
async function listen(broker: Broker) {
  const records: BrokerRecord[] = [];
  const unreadable: { readonly lane: Lane; readonly records: UnreadableRecords }[] = [];
  const health: boolean[] = [];
  const subscription = await broker.subscribe(
    { group: 'g', topics: ['notes'] },
    {
      onRecords: (_, arrived) => void records.push(...arrived),
      onAssigned: () => {},
      onHealth: (healthy) => void health.push(healthy),
      onUnreadable: (lane, batch) => void unreadable.push({ lane, records: batch }),
    },
  );
  return { subscription, records, unreadable, health, values: () => records.map(({ value }) => String(value)) };
}

/** What a producer sends that can't compress, but says it did. Apache Kafka refuses it; the embedded broker doesn't look into batches. */
async function publishUnreadable(brokers: string, topic: string, partition: number): Promise<void> {
  const kafka = new Kafka({ clientId: 'broken', brokers: [brokers], logLevel: logLevel.NOTHING });
  const codecs = kafkajs.CompressionCodecs as Record<number, unknown>; // its type knows gzip alone
  const ours = codecs[CompressionTypes.ZSTD];
  codecs[CompressionTypes.ZSTD] = () => ({ compress: async () => Buffer.from('no zstd') });
  const producer = kafka.producer();
  await producer.connect();
  const messages = [1, 2].map((n) => ({ partition, value: `bad ${n}` }));
  await producer.send({ topic, messages, compression: CompressionTypes.ZSTD });
  await producer.disconnect();
  codecs[CompressionTypes.ZSTD] = ours;
}

/** On Node before 22.15 this client has no zstd. */
const CODECS = (['gzip', 'snappy', 'lz4', 'zstd'] as const).filter((codec) => compressionsAlgorithms[codec].available);
const SILENT = { error: () => {}, warn: () => {}, debug: () => {} };

it('consumes what another client compressed, with every codec that it has', async () => {
  const topicPrefix = `z${randomUUID().slice(0, 8)}.`;
  const broker = testKafka({ brokers: testBrokers, topicPrefix });
  await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
  const { values } = await listen(broker);
  const producer = new Producer({
    clientId: 'foreign',
    bootstrapBrokers: [...testBrokers],
    serializers: stringSerializers,
  });
  const expected: string[] = [];
  for (const compression of CODECS) {
    const sent = Array.from({ length: 50 }, (_, n) => `${compression} compresses well, compresses well ${n}`);
    await producer.send({ messages: sent.map((value) => ({ topic: `${topicPrefix}notes`, value })), compression });
    expected.push(...sent);
  }
  await producer.close();
  await eventually(() => values().length === expected.length, 20_000);
  expect(values().toSorted()).toEqual(expected.toSorted());
  await broker.close();
});

describe('records that nobody can read', () => {
  let kafka: EmbeddedKafka;
  let broker: Broker;

  beforeEach(async () => {
    kafka = await startEmbeddedKafka({ storage: 'memory' });
    broker = testKafka({ brokers: [kafka.brokers], partitions: 2 });
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
  });

  afterEach(async () => {
    await broker.close();
    await kafka.stop();
  });

  async function publish(partition: number, ...values: readonly string[]): Promise<void> {
    const producer = new Kafka({ clientId: 'test', brokers: [kafka.brokers], logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    await producer.send({ topic: 'notes', messages: values.map((value) => ({ partition, value })) });
    await producer.disconnect();
  }

  it('stop their own lane until they are skipped, and no other; what follows them is delivered then', async () => {
    const { subscription, unreadable, health, values, records } = await listen(broker);
    await publish(0, 'before');
    await publishUnreadable(kafka.brokers, 'notes', 0);
    await publish(0, 'behind');
    await eventually(() => unreadable.length === 1);
    expect(unreadable[0]).toMatchObject({ lane: { topic: 'notes', partition: 0 }, records: { first: '1', next: '3' } });
    await publish(1, 'elsewhere');
    await eventually(() => values().includes('elsewhere'));
    subscription.resume({ topic: 'notes', partition: 0 }); // as the consumer does once it has room
    await publish(1, 'elsewhere too');
    await eventually(() => values().includes('elsewhere too'));
    expect(values()).not.toContain('behind');
    const [told] = unreadable;
    if (told) subscription.skip(told.lane, told.records);
    await eventually(() => values().includes('behind'));
    expect(health).toEqual([true]);
    await subscription.acknowledge(
      records.map(({ topic, partition, position }) => ({ topic, partition, next: String(Number(position) + 1) })),
    );
    await subscription.close();
    const again = await listen(broker);
    await publish(0, 'last');
    await eventually(() => again.values().length === 1);
    expect(again.values()).toEqual(['last']);
  });

  it('F32: a consumer that crashes again and again is rebuilt less and less often, and is not called healthy between', async () => {
    const lines: string[] = [];
    const loud = kafkaBroker({ brokers: [kafka.brokers], clientId: 'test' })(
      { partitions: 2 },
      { ...SILENT, error: (line) => void lines.push(line) },
    );
    const health: boolean[] = [];
    await publish(0, 'kills');
    const fail = () => {
      throw new TypeError('kafkajs takes this for unrecoverable');
    };
    await loud.subscribe(
      { group: 'h', topics: ['notes'] },
      { onRecords: fail, onAssigned: () => {}, onHealth: (up) => void health.push(up) },
    );
    await eventually(() => lines.filter((line) => line.includes('rebuilt in')).length === 4, 20_000);
    const pausesMs = lines.flatMap((line) => /rebuilt in (\d+) ms/.exec(line)?.[1] ?? []).map(Number);
    for (const [index, pauseMs] of pausesMs.entries()) {
      const longestMs = 250 * 2 ** index;
      expect(pauseMs).toBeGreaterThanOrEqual(longestMs / 2);
      expect(pauseMs).toBeLessThanOrEqual(longestMs);
    }
    expect(health).toEqual([true, false, false, false, false]);
    await loud.close();
  });
});
