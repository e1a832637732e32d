import { appendFileSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startEmbeddedKafka } from './embedded-kafka.js';
import { startBrokerProcess } from './testing/broker-process.js';
import { consume, countRecords, createTopic, kafkaOf, send, withProducer } from './testing/kafka-clients.js';

const TOPIC = 'orders';
const FIRST_SEGMENT = join('topics', `${TOPIC}-0`, `${'0'.repeat(20)}.log`);

jest.setTimeout(30_000);

describe('embedded Kafka: durability', () => {
  let workDir: string;
  let dataDir: string;
  const start = () => startEmbeddedKafka({ storage: { dataDir } });

  beforeEach(() => {
    workDir = mkdtempSync(join(tmpdir(), 'embedded-kafka-'));
    dataDir = join(workDir, 'data');
  });

  afterEach(() => rmSync(workDir, { recursive: true, force: true }));

  it('keeps records, topics and committed offsets across a restart', async () => {
    const first = await start();
    await createTopic(kafkaOf(first.brokers), TOPIC, 1);
    await send(kafkaOf(first.brokers), TOPIC, [{ value: 'a' }, { value: 'b' }]);
    await consume(kafkaOf(first.brokers), TOPIC, 'group', 2);
    await first.stop();
    const second = await start();
    await send(kafkaOf(second.brokers), TOPIC, [{ value: 'c' }]);
    expect((await consume(kafkaOf(second.brokers), TOPIC, 'group', 1)).map(({ value }) => value)).toEqual(['c']);
    await second.stop();
  });

  it.each([
    ['half a batch', (log: string) => truncateSync(log, statSync(log).size - 10), 1],
    [
      'garbage',
      (log: string) => appendFileSync(log, 'not a record batch, but longer than the header of one, to be sure'),
      2,
    ],
  ])('F56: cuts off %s that a crash left at the end of the log, and continues', async (_what, damage, intact) => {
    const first = await start();
    await createTopic(kafkaOf(first.brokers), TOPIC, 1);
    await send(kafkaOf(first.brokers), TOPIC, [{ value: 'first' }]);
    await send(kafkaOf(first.brokers), TOPIC, [{ value: 'second' }]);
    await first.stop();
    damage(join(dataDir, FIRST_SEGMENT));
    const second = await start();
    expect(await countRecords(kafkaOf(second.brokers), TOPIC)).toBe(intact);
    await send(kafkaOf(second.brokers), TOPIC, [{ value: 'third' }]);
    const values = (await consume(kafkaOf(second.brokers), TOPIC, 'group', intact + 1)).map(({ value }) => value);
    expect(values).toEqual([...['first', 'second'].slice(0, intact), 'third']);
    await second.stop();
  });

  it('F56: loses nothing acknowledged when it is killed in mid-produce, and writes no retry of an idempotent producer twice', async () => {
    let broker = await startBrokerProcess(workDir, dataDir);
    const kafka = kafkaOf(broker.brokers);
    await createTopic(kafka, TOPIC, 1);
    const acknowledged: string[] = [];
    await withProducer(
      kafka,
      async (producer) => {
        for (let round = 0; round < 3; round++) {
          const sending = (async () => {
            for (let index = 0; index < 150; index++) {
              const value = `${round}/${index}`;
              await producer.send({ topic: TOPIC, messages: [{ value }] });
              acknowledged.push(value);
            }
          })();
          while (acknowledged.length < round * 150 + 50) await new Promise((resolve) => setImmediate(resolve));
          await broker.kill();
          broker = await startBrokerProcess(workDir, dataDir, broker.port);
          await sending;
        }
      },
      'idempotent',
    );
    expect(acknowledged).toHaveLength(450);
    const values = (await consume(kafka, TOPIC, 'group', await countRecords(kafka, TOPIC))).map(({ value }) => value);
    expect(values).toEqual(acknowledged);
    await broker.kill();
  }, 60_000);

  it('refuses a data directory that another broker has open', async () => {
    const first = await start();
    await expect(start()).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
    await first.stop();
  });

  it('deletes whole segments by age and by size, and continues at the same offset after a restart', async () => {
    const options = { storage: { dataDir }, topicDefaults: { segmentBytes: 2_000, retentionBytes: 3_000 } };
    const first = await startEmbeddedKafka(options);
    const kafka = kafkaOf(first.brokers);
    await createTopic(kafka, TOPIC, 1);
    for (let index = 0; index < 10; index++) await send(kafka, TOPIC, [{ value: 'x'.repeat(900) }]);
    first.applyRetention(Date.now());
    const bySize = await countRecords(kafka, TOPIC);
    expect(bySize).toBeGreaterThan(2);
    expect(bySize).toBeLessThan(6);
    first.applyRetention(Date.now() + 8 * 24 * 60 * 60 * 1000);
    expect(await countRecords(kafka, TOPIC)).toBe(0);
    await first.stop();
    const second = await startEmbeddedKafka(options);
    await send(kafkaOf(second.brokers), TOPIC, [{ value: 'last' }]);
    expect((await consume(kafkaOf(second.brokers), TOPIC, 'group', 1))[0]?.offset).toBe(10);
    await second.stop();
  });
});
