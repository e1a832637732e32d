import { randomUUID } from 'node:crypto';

import { brokerContract, eventually } from '@waybill/messaging/testing';

import { KAFKA_CLIENTS } from './kafka-options.js';
import { startKafka } from './testing/start-kafka.js';
import { testKafka } from './testing/test-kafka.js';

jest.setTimeout(360_000); // a JVM is started twice, on a machine that other specs share

const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');

const kafkaBroker = (topicPrefix: string) => testKafka({ brokers, topicPrefix, partitions: 3 });

const isApache = process.env['WAYBILL_KAFKA'] === 'apache';

for (const client of KAFKA_CLIENTS) {
  brokerContract(
    `${isApache ? 'Apache' : 'embedded'} Kafka, ${client}`,
    () => testKafka({ brokers, topicPrefix: `c${randomUUID().slice(0, 8)}.`, partitions: 3, client }),
    { startServer: () => startKafka(client) },
  );
}

describe('KafkaBroker', () => {
  it('keeps deployments on the same brokers apart by their prefix', async () => {
    const [red, blue] = [kafkaBroker(`red-${randomUUID()}.`), kafkaBroker(`blue-${randomUUID()}.`)];
    await Promise.all([red, blue].map((broker) => broker.ensureTopics([{ name: 'shared', kind: 'event' }])));
    const publisher = await red.createPublisher();
    await publisher.publish([{ topic: 'shared', key: null, value: Buffer.from('red'), headers: {} }]);
    const got = { red: 0, blue: 0 };
    const counting = (name: 'red' | 'blue') => ({
      onRecords: () => void (got[name] += 1),
      onAssigned: () => {},
      onHealth: () => {},
    });
    await red.subscribe({ group: 'g', topics: ['shared'] }, counting('red'));
    await blue.subscribe({ group: 'g', topics: ['shared'] }, counting('blue'));
    await eventually(() => got.red === 1);
    expect(got.blue).toBe(0);
    await Promise.all([red.close(), blue.close()]);
  });

  it('F40: gives created topics their retention, in files that keep nothing for much longer', async () => {
    const day = 86_400_000;
    const topicPrefix = `kept-${randomUUID()}.`;
    const broker = testKafka({ brokers, topicPrefix, retentionMs: 7 * day });
    await broker.ensureTopics([
      { name: 'week', kind: 'event' },
      { name: 'hour', kind: 'event', retentionMs: 3_600_000 },
      { name: 'ever', kind: 'event', retentionMs: -1 },
    ]);
    const told = await broker.describeTopics(['week', 'hour', 'ever']);
    expect(told.map(({ topic, retentionMs }) => [topic, retentionMs])).toEqual([
      ['week', 7 * day],
      ['hour', 3_600_000],
      ['ever', Infinity],
    ]);
    expect(told[0]?.segmentMs).toBe(day);
    expect(told[1]?.segmentMs).toBeLessThan(3_600_000 / 6);
    // Somebody else asks the broker again, also about a topic that nobody created.
    const other = testKafka({ brokers, topicPrefix });
    await expect(other.describeTopics(['week'])).resolves.toEqual([told[0]]);
    await expect(other.describeTopics(['nobody-created-this'])).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE' });
    await Promise.all([broker.close(), other.close()]);
  });

  it('F32: rebuilds a consumer that crashed for good, and says so meanwhile', async () => {
    const broker = kafkaBroker(`crash-${randomUUID()}.`);
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    const health: boolean[] = [];
    let got = 0;
    const subscription = await broker.subscribe(
      { group: 'g', topics: ['notes'] },
      {
        onRecords: () => {
          got += 1;
          if (got === 1) throw new TypeError('kafkajs takes this for unrecoverable');
        },
        onAssigned: () => {},
        onHealth: (healthy) => void health.push(healthy),
      },
    );
    const publisher = await broker.createPublisher();
    await publisher.publish([{ topic: 'notes', key: null, value: Buffer.from('x'), headers: {} }]);
    await eventually(() => got === 2, 30_000);
    expect(health).toEqual([true, false, true]);
    await subscription.close();
    await broker.close();
  });

  it('F33: says which brokers it could not reach, after the time it was given', async () => {
    const broker = testKafka({ brokers: ['127.0.0.1:1'], startTimeoutMs: 100 });
    await expect(broker.ensureTopics([])).rejects.toThrow('No Kafka broker answered within 100 ms at 127.0.0.1:1');
  });
});
