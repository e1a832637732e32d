import {
  type CompressionAlgorithmValue,
  compressionsAlgorithms,
  Producer,
  stringSerializers,
} from '@platformatic/kafka';
import type { Kafka } from 'kafkajs';

import { uniqueTopic } from '../../testing/unique-topic.js';
import { describeIf, isInstalled, run } from '../testing/command.js';
import { createTopic, kafkaOf } from '../testing/kafka-clients.js';
import { expectExactSeek, offsetsByTime, parseRecord } from '../testing/offsets-by-time.js';
import { CHOSEN_KAFKA } from '../testing/own-broker.js';

const TIME = 1_700_000_000_000;
jest.setTimeout(120_000);

/** Node has zstd from 22.15 on; before, neither @platformatic/kafka nor the embedded broker can open it. */
const CODECS = (['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const).filter(
  (codec) => compressionsAlgorithms[codec].available,
);

/** The answer is a record, not a batch, whatever compressed the batch: three clients frame snappy in two ways, and LZ4 each in its own. */
describe(`seeking by time (${CHOSEN_KAFKA})`, () => {
  const brokers = process.env['KAFKA_BROKERS'] ?? '';
  let kafka: Kafka;
  let topic: string;

  beforeEach(async () => {
    kafka = kafkaOf(brokers);
    topic = uniqueTopic('seek');
    await createTopic(kafka, topic, 1, { 'retention.ms': '-1' });
  });

  async function sendBatch(compression: CompressionAlgorithmValue, seconds: readonly number[]): Promise<void> {
    const producer = new Producer({ clientId: 'seek', bootstrapBrokers: [brokers], serializers: stringSerializers });
    const messages = seconds.map((second) => ({
      topic,
      partition: 0,
      value: `record of second ${second}, which compresses well, which compresses well`,
      timestamp: BigInt(TIME + second * 1000),
    }));
    await producer.send({ messages, compression });
    await producer.close();
  }

  it.each(CODECS)('finds the first record at or after a time, in the midst of %s batches', async (codec) => {
    const seconds = Array.from({ length: 300 }, (_, index) => index);
    await sendBatch(codec, seconds.slice(0, 100));
    await sendBatch(codec, seconds.slice(100));
    await expectExactSeek(
      kafka,
      topic,
      seconds.map((second) => ({ offset: second, timestamp: TIME + second * 1000 })),
    );
    const between = [TIME - 1, TIME + 57_001, TIME + 57_999, TIME + 299_001];
    expect(await offsetsByTime(kafka, topic, between)).toEqual([0, 58, 58, 300]);
  });

  it('takes the first record that is young enough where times go back and forth', async () => {
    await sendBatch('lz4', [50, 10, 30, 70, 20]);
    await sendBatch('lz4', [60, 90, 40]);
    const times = [5, 40, 55, 75].map((second) => TIME + second * 1000);
    expect(await offsetsByTime(kafka, topic, times)).toEqual([0, 0, 3, 6]);
  });

  describeIf(isInstalled('kcat', '-V'), 'kcat is not installed')('in what librdkafka has written', () => {
    it.each(CODECS)('finds records of %s batches', async (codec) => {
      const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}`).join('\n');
      await run('kcat', ['-b', brokers, '-P', '-t', topic, '-p', '0', '-z', codec], lines);
      const output = await run('kcat', ['-b', brokers, '-C', '-t', topic, '-p', '0', '-e', '-q', '-f', '%o %T\n']);
      const records = output
        .trim()
        .split('\n')
        .map(parseRecord(/^(?<offset>\d+) (?<timestamp>\d+)$/));
      expect(records).toHaveLength(20_000);
      await expectExactSeek(kafka, topic, records);
    });
  });
});
