import { promisify } from 'node:util';

import {
  Admin,
  Consumer,
  MessagesStreamModes,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka';
import { CompressionTypes, type Kafka } from 'kafkajs';

import { uniqueTopic } from '../../testing/unique-topic.js';
import { describeIf, isInstalled, run } from '../testing/command.js';
import { deferred } from '../testing/deferred.js';
import { consume, createTopic, kafkaOf, send, withProducer } from '../testing/kafka-clients.js';

jest.setTimeout(30_000);

/**
 * What clients that nobody here wrote may expect of a broker. WAYBILL_KAFKA chooses the broker that it runs on, embedded
 * or Apache Kafka: the assertions are the same.
 */
describe(`a Kafka broker (${process.env['WAYBILL_KAFKA'] ?? 'embedded'})`, () => {
  const brokers = process.env['KAFKA_BROKERS'] ?? '';
  const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));
  let kafka: Kafka;
  let topic: string;

  beforeEach(async () => {
    kafka = kafkaOf(brokers);
    topic = uniqueTopic('conformance');
    await createTopic(kafka, topic, 3);
  });

  describe('with kafkajs', () => {
    it('keeps the order of each partition, headers, null keys and null values', async () => {
      await send(kafka, topic, [
        { key: null, value: 'a', partition: 0, headers: { trace: 'x', empty: '' } },
        { key: 'k', value: null, partition: 0 },
        { key: '', value: '', partition: 0 },
      ]);
      const records = await consume(kafka, topic, topic, 3);
      expect(records.map(({ offset, key, value }) => [offset, key, value])).toEqual([
        [0, null, 'a'],
        [1, 'k', null],
        [2, '', ''],
      ]);
      expect(records[0]?.headers['trace']?.toString()).toBe('x');
      expect(records[0]?.headers['empty']?.toString()).toBe('');
    });

    it('takes batches, compressed and not, and records just below the limit; refuses those above it', async () => {
      await withProducer(kafka, async (producer) => {
        const messages = numbers(500).map((value) => ({ value, partition: 1 }));
        await producer.send({ topic, messages, compression: CompressionTypes.GZIP });
        await producer.send({ topic, messages });
        await producer.send({ topic, messages: [{ value: 'x'.repeat(1024 * 1024 - 200), partition: 1 }] });
        const tooLarge = producer.send({ topic, messages: [{ value: 'x'.repeat(1024 * 1024 + 200) }] });
        await expect(tooLarge).rejects.toMatchObject({ type: 'MESSAGE_TOO_LARGE' });
      });
      const values = (await consume(kafka, topic, topic, 1001)).map(({ value }) => value);
      expect(values.slice(0, 1000)).toEqual([...numbers(500), ...numbers(500)]);
      expect(values[1000]).toHaveLength(1024 * 1024 - 200);
    });

    it('continues where a group has committed, and has a group without members deleted, not one with', async () => {
      const admin = kafka.admin();
      await admin.connect();
      await send(
        kafka,
        topic,
        numbers(5).map((value) => ({ value, partition: 2 })),
      );
      await consume(kafka, topic, topic, 5);
      await send(kafka, topic, [{ value: 'later', partition: 2 }]);
      expect((await consume(kafka, topic, topic, 1))[0]?.value).toBe('later');
      const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 100 });
      await consumer.connect();
      await consumer.subscribe({ topic });
      const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
      await consumer.run({ eachMessage: async () => {} });
      await joined;
      await expect(admin.deleteGroups([topic])).rejects.toThrow();
      await consumer.disconnect();
      await admin.deleteGroups([topic]);
      const [offsets] = await admin.fetchOffsets({ groupId: topic, topics: [topic] });
      expect(offsets?.partitions.every(({ offset }) => offset === '-1')).toBe(true);
      await admin.disconnect();
    }, 30_000);

    it('F34: three consumers that join and leave under load handle every record, each partition in order', async () => {
      const total = 300;
      const seen = new Map<string, number[]>();
      const distinct = new Set<string>();
      const all = deferred();
      const start = async () => {
        const consumer = kafka.consumer({ groupId: topic, heartbeatInterval: 200, maxWaitTimeInMs: 100 });
        await consumer.connect();
        await consumer.subscribe({ topic, fromBeginning: true });
        await consumer.run({
          eachMessage: async ({ partition, message }) => {
            const offsets = seen.get(`${partition}`) ?? [];
            seen.set(`${partition}`, [...offsets, Number(message.offset)]);
            distinct.add(`${partition}/${message.offset}`);
            if (distinct.size === total) all.resolve();
          },
        });
        return consumer;
      };
      const first = await start();
      const sending = withProducer(kafka, async (producer) => {
        for (const value of numbers(total)) {
          await producer.send({ topic, messages: [{ key: value, value }] });
          await new Promise((resolve) => setTimeout(resolve, 5)); // Load spread over the joins and leaves.
        }
      });
      const [second, third] = await Promise.all([start(), start()]);
      await second.disconnect();
      await sending;
      await first.disconnect();
      await all.promise;
      await third.disconnect();
      for (const offsets of seen.values()) {
        const firstSeen = [...new Set(offsets)];
        expect(firstSeen).toEqual([...firstSeen].sort((a, b) => a - b));
      }
    }, 60_000);
  });

  describe('with @platformatic/kafka', () => {
    it('creates a topic, produces idempotently and consumes in a group', async () => {
      const client = { clientId: 'platformatic', bootstrapBrokers: [brokers] };
      const name = uniqueTopic('platformatic');
      const admin = new Admin(client);
      await admin.createTopics({ topics: [name], partitions: 2 });
      const producer = new Producer({ ...client, serializers: stringSerializers, idempotent: true });
      for (const value of numbers(20)) {
        await producer.send({ messages: [{ topic: name, key: 'same', value, headers: { h: 'x' } }] });
      }
      const consumer = new Consumer({ ...client, groupId: name, deserializers: stringDeserializers });
      const stream = await consumer.consume({ topics: [name], mode: MessagesStreamModes.EARLIEST });
      const values: string[] = [];
      for await (const message of stream) {
        values.push(message.value);
        if (values.length === 20) break;
      }
      expect(values).toEqual(numbers(20));
      await promisify<boolean, void>((force, done) => consumer.close(force, done))(true);
      await producer.close();
      await admin.close();
    }, 30_000);
  });

  describeIf(isInstalled('kcat', '-V'), 'kcat is not installed')('with kcat (librdkafka)', () => {
    const lines = (text: string): string[] => text.trim().split('\n');

    it.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('passes %s compression through', async (codec) => {
      await run('kcat', ['-b', brokers, '-P', '-t', topic, '-p', '0', '-z', codec], numbers(500).join('\n'));
      expect(lines(await run('kcat', ['-b', brokers, '-C', '-t', topic, '-p', '0', '-e', '-q']))).toEqual(numbers(500));
    });

    it('produces idempotently, and consumes in a group', async () => {
      const idempotent = ['-X', 'enable.idempotence=true'];
      await run('kcat', ['-b', brokers, '-P', '-t', topic, ...idempotent], numbers(50).join('\n'));
      const group = ['-X', 'auto.offset.reset=earliest', '-c', '50'];
      const values = lines(await run('kcat', ['-b', brokers, '-q', ...group, '-G', topic, topic]));
      expect(values.sort((a, b) => Number(a) - Number(b))).toEqual(numbers(50));
    }, 30_000);
  });
});
