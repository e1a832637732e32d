import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Kafka } from 'kafkajs';

import { consume, createTopic, kafkaOf, send, withAdmin, withProducer } from '../testing/kafka-clients.js';
import { CHOSEN_KAFKA, OWN_BROKER_DEADLINE_MS, type OwnBroker, startOwnBroker } from '../testing/own-broker.js';

const MB = 1024 * 1024; // also the smallest segment that Apache Kafka 4 allows
const HOUR_MS = 60 * 60 * 1000;

jest.setTimeout(OWN_BROKER_DEADLINE_MS);

/** A broker of its own that looks five times a second for what it may delete. */
describe(`retention (${CHOSEN_KAFKA})`, () => {
  let workDir: string;
  let broker: OwnBroker;
  let kafka: Kafka;

  beforeAll(async () => {
    workDir = mkdtempSync(join(tmpdir(), 'waybill-retention-'));
    broker = await startOwnBroker(workDir);
    kafka = kafkaOf(broker.brokers);
  }, OWN_BROKER_DEADLINE_MS);

  afterAll(async () => {
    await broker.stop();
    rmSync(workDir, { recursive: true, force: true });
  });

  const range = (topic: string): Promise<readonly [low: number, high: number]> =>
    withAdmin(kafka, async (admin) => {
      const [partition] = await admin.fetchTopicOffsets(topic);
      return [Number(partition?.low), Number(partition?.high)];
    });

  async function untilDeleted(topic: string, from: number): Promise<void> {
    while ((await range(topic))[0] < from) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  it('by size: deletes whole segments from the oldest on, as long as what is left has the size', async () => {
    await createTopic(kafka, 'by-size', 1, { 'segment.bytes': String(MB), 'retention.bytes': String(2 * MB) });
    await withProducer(kafka, async (producer) => {
      for (let index = 0; index < 50; index++) {
        await producer.send({ topic: 'by-size', messages: [{ value: 'x'.repeat(100 * 1024) }] });
      }
    });
    // Ten records fill a segment; of five segments, two hold less than 2 MB, three hold it.
    await untilDeleted('by-size', 20);
    expect(await range('by-size')).toEqual([20, 50]);
    const records = await consume(kafka, 'by-size', 'reader', 30);
    expect([records[0]?.offset, records.at(-1)?.offset]).toEqual([20, 49]);
  });

  it('by time: deletes what is too old, the segment being written included, and continues at the next offset', async () => {
    await createTopic(kafka, 'by-time', 1, { 'retention.ms': String(HOUR_MS) });
    const old = String(Date.now() - 2 * HOUR_MS);
    await send(kafka, 'by-time', [
      { value: 'old', timestamp: old },
      { value: 'old', timestamp: old },
    ]);
    await untilDeleted('by-time', 2);
    expect(await range('by-time')).toEqual([2, 2]);
    await send(kafka, 'by-time', [{ value: 'young' }]);
    expect(await consume(kafka, 'by-time', 'reader', 1)).toMatchObject([{ offset: 2, value: 'young' }]);
  });

  it('by time: keeps old records in whose segment there is a young one', async () => {
    await createTopic(kafka, 'mixed', 1, { 'retention.ms': String(HOUR_MS) });
    await createTopic(kafka, 'witness', 1, { 'retention.ms': String(HOUR_MS) });
    const old = String(Date.now() - 2 * HOUR_MS);
    await send(kafka, 'mixed', [
      { value: 'old', timestamp: old },
      { value: 'young', timestamp: String(Date.now()) }, // kafkajs states a batch's youngest time only if each record has one
    ]);
    await send(kafka, 'witness', [{ value: 'old', timestamp: old }]);
    await untilDeleted('witness', 1); // A whole round has passed since.
    expect(await range('mixed')).toEqual([0, 2]);
  });

  it('resets a reader whose offset has been deleted to what is left', async () => {
    await createTopic(kafka, 'gone', 1, { 'retention.ms': String(HOUR_MS) });
    const old = String(Date.now() - 2 * HOUR_MS);
    await send(kafka, 'gone', [{ value: 'old', timestamp: old }]);
    await untilDeleted('gone', 1);
    await send(kafka, 'gone', [{ value: 'left' }]);
    await withAdmin(kafka, (admin) =>
      admin.setOffsets({ groupId: 'behind', topic: 'gone', partitions: [{ partition: 0, offset: '0' }] }),
    );
    expect(await consume(kafka, 'gone', 'behind', 1)).toMatchObject([{ offset: 1, value: 'left' }]);
  });
});
