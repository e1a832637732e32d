import { randomUUID } from 'node:crypto';

import type { Broker, BrokerRecord, Lane, LanePosition } from '@waybill/messaging';
import { eventually } from '@waybill/messaging/testing';

import { testKafka } from './testing/test-kafka.js';

jest.setTimeout(60_000);

const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
const KEYS = Array.from({ length: 200 }, (_, n) => `key-${n}`);

/** What makes one client take over from the other, replica by replica. */
describe('kafkajs and @platformatic/kafka on the same topics', () => {
  let kafkajs: Broker;
  let platformatic: Broker;

  beforeEach(async () => {
    const topicPrefix = `both-${randomUUID().slice(0, 8)}.`;
    const options = { brokers, topicPrefix, partitions: 6 };
    kafkajs = testKafka({ ...options, client: 'kafkajs' });
    platformatic = testKafka({ ...options, client: 'platformatic' });
    await kafkajs.ensureTopics([{ name: 'notes', kind: 'event' }]);
  });

  afterEach(async () => {
    await Promise.all([kafkajs.close(), platformatic.close()]);
  });

  async function publish(broker: Broker, value: string): Promise<void> {
    const publisher = await broker.createPublisher();
    const records = KEYS.map((key) => ({
      topic: 'notes',
      key: Buffer.from(key),
      value: Buffer.from(value),
      headers: {},
    }));
    expect((await publisher.publish(records)).filter(({ ok }) => !ok)).toEqual([]);
    await publisher.close();
  }

  async function subscribe(broker: Broker, group: string, owner?: string) {
    const records: BrokerRecord[] = [];
    const state: { lanes: readonly Lane[] } = { lanes: [] };
    const subscription = await broker.subscribe(
      { group, topics: ['notes'], ...(owner === undefined ? {} : { owner }) },
      {
        onRecords: (_, arrived) => void records.push(...arrived),
        onAssigned: (lanes) => void (state.lanes = lanes),
        onHealth: () => {},
      },
    );
    return { subscription, records, lanes: () => state.lanes };
  }

  const behind = (records: readonly BrokerRecord[]): LanePosition[] =>
    records.map(({ topic, partition, position }) => ({ topic, partition, next: String(Number(position) + 1) }));

  it('F52: put every key on the same partition, where both say that it is', async () => {
    await publish(kafkajs, 'kafkajs');
    await publish(platformatic, 'platformatic');
    const { records } = await subscribe(platformatic, 'reader');
    await eventually(() => records.length === 2 * KEYS.length);
    const partitionsBy = (value: string) =>
      new Map(records.filter((one) => String(one.value) === value).map((one) => [String(one.key), one.partition]));
    const expected = (broker: Broker) => new Map(KEYS.map((key) => [key, broker.partitionOf(Buffer.from(key), 6)]));
    expect(partitionsBy('platformatic')).toEqual(expected(platformatic));
    expect(partitionsBy('kafkajs')).toEqual(expected(kafkajs));
    expect(expected(platformatic)).toEqual(expected(kafkajs));
  });

  it.each(['kafkajs', 'platformatic'])('share one group, whoever leads it: %s', async (leader) => {
    const [first, second] = leader === 'kafkajs' ? [kafkajs, platformatic] : [platformatic, kafkajs];
    const one = await subscribe(first, 'shared');
    const other = await subscribe(second, 'shared');
    await eventually(() => one.lanes().length === 3 && other.lanes().length === 3, 30_000);
    await publish(first, 'x');
    await eventually(() => one.records.length + other.records.length === KEYS.length, 20_000);
    await other.subscription.close();
    await eventually(() => one.lanes().length === 6, 30_000);
  });

  it.each(['kafkajs', 'platformatic'])(
    'continue where the other has been, and say whose that was: %s',
    async (leader) => {
      const [first, second] = leader === 'kafkajs' ? [kafkajs, platformatic] : [platformatic, kafkajs];
      await publish(first, 'before');
      const before = await subscribe(first, 'g', 'an installation');
      await eventually(() => before.records.length === KEYS.length);
      await before.subscription.acknowledge(behind(before.records));
      await before.subscription.close();
      await publish(second, 'after');
      const after = await subscribe(second, 'g', 'an installation');
      await eventually(() => after.records.length === KEYS.length);
      expect(new Set(after.records.map(({ value }) => String(value)))).toEqual(new Set(['after']));
      const reader = second.createLagReader({ group: 'g', topics: ['notes'] });
      expect(new Set((await reader.read()).map(({ owner }) => owner))).toEqual(new Set(['an installation']));
      await reader.close();
    },
  );
});
