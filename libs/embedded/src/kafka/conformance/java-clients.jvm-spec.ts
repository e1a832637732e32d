import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { compressionsAlgorithms } from '@platformatic/kafka';
import type { Kafka } from 'kafkajs';

import { uniqueTopic } from '../../testing/unique-topic.js';
import { startCommand } from '../testing/command.js';
import { javaTool, javaToolCommand } from '../testing/java-tools.js';
import { consume, countRecords, createTopic, kafkaOf } from '../testing/kafka-clients.js';
import { expectExactSeek, parseRecord } from '../testing/offsets-by-time.js';
import { CHOSEN_KAFKA, OWN_BROKER_DEADLINE_MS, startOwnBroker } from '../testing/own-broker.js';

const TIME = 1_700_000_000_000;
const UNTIL_IT_IS_BACK = { initialRetryTime: 100, maxRetryTime: 1_000, retries: OWN_BROKER_DEADLINE_MS / 1_000 };

/** What Node can open: zstd from 22.15 on. */
const CODECS = (['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const).filter(
  (codec) => compressionsAlgorithms[codec].available,
);

jest.setTimeout(2 * OWN_BROKER_DEADLINE_MS);

describe(`Apache Kafka's own clients (on: ${CHOSEN_KAFKA})`, () => {
  const brokers = process.env['KAFKA_BROKERS'] ?? '';
  let kafka: Kafka;
  let topic: string;

  beforeEach(() => {
    kafka = kafkaOf(brokers);
    topic = uniqueTopic('jvm');
  });

  it.each(CODECS)('a seek by time finds the records of %s batches', async (codec) => {
    await createTopic(kafka, topic, 1, { 'retention.ms': '-1' });
    const folder = mkdtempSync(join(tmpdir(), 'waybill-seek-'));
    const config = join(folder, 'producer.properties');
    writeFileSync(config, `compression.type=${codec}\nlinger.ms=200\n`);
    const load = `--topic ${topic} --max-messages 3000 --throughput 10000 --message-create-time ${TIME}`.split(' ');
    await javaTool(brokers, 'VerifiableProducer', [...load, '--command-config', config]);
    rmSync(folder, { recursive: true });
    const shown = '--formatter-property print.timestamp=true --formatter-property print.offset=true'.split(' ');
    const read = `--topic ${topic} --from-beginning --max-messages 3000`.split(' ');
    const output = await javaTool(brokers, 'consumer.ConsoleConsumer', [...read, ...shown]);
    const records = output
      .trim()
      .split('\n')
      .map(parseRecord(/^CreateTime:(?<timestamp>\d+)\tOffset:(?<offset>\d+)/));
    expect(new Set(records.map(({ timestamp }) => timestamp)).size).toBeGreaterThan(10);
    await expectExactSeek(kafka, topic, records);
  });

  it('F56: every value that kafka-verifiable-producer reports as acknowledged is there after a kill -9', async () => {
    const workDir = mkdtempSync(join(tmpdir(), 'waybill-durability-'));
    let broker = await startOwnBroker(workDir);
    kafka = kafkaOf(broker.brokers, { retry: UNTIL_IT_IS_BACK });
    await createTopic(kafka, topic, 3);
    const args = ['--topic', topic, '--max-messages', '6000', '--throughput', '1000'];
    const producer = startCommand(...javaToolCommand(broker.brokers, 'VerifiableProducer', args));
    await producer.untilOutput((text) => text.includes('"value":"1000"'));
    await broker.kill();
    broker = await startOwnBroker(workDir, broker.port);
    const reported = (await producer.output).split('\n').filter((line) => line.includes('producer_send_success'));
    const acknowledged = reported.map((line) => /"value":"(\d+)"/.exec(line)?.[1]);
    expect(acknowledged.length).toBeGreaterThan(1000);
    const written = await consume(kafka, topic, 'reader', await countRecords(kafka, topic));
    const values = new Set(written.map(({ value }) => value));
    expect(acknowledged.filter((value) => value === undefined || !values.has(value))).toEqual([]);
    await broker.stop();
    rmSync(workDir, { recursive: true, force: true });
  });

  if (CHOSEN_KAFKA === 'embedded') {
    it('a transactional producer is refused by the error of the protocol', async () => {
      await createTopic(kafka, topic, 1);
      const load = ['--topic', topic, '--num-records', '1', '--record-size', '10', '--throughput', '-1'];
      const transactional = ['--transactional-id', 'tx', '--transaction-duration-ms', '1000'];
      const running = javaTool(brokers, 'ProducerPerformance', [...load, ...transactional]);
      await expect(running).rejects.toThrow('TransactionalIdAuthorizationException');
      expect(await countRecords(kafka, topic)).toBe(0);
    });
  }
});
