import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { Kafka } from 'kafkajs';

import { deferred } from '../testing/deferred.js';
import {
  type ConsumedRecord,
  consume,
  countRecords,
  createTopic,
  kafkaOf,
  send,
  withAdmin,
  withProducer,
} from '../testing/kafka-clients.js';
import { CHOSEN_KAFKA, OWN_BROKER_DEADLINE_MS, type OwnBroker, startOwnBroker } from '../testing/own-broker.js';

const UNTIL_IT_IS_BACK = { initialRetryTime: 100, maxRetryTime: 1_000, retries: OWN_BROKER_DEADLINE_MS / 1_000 };

jest.setTimeout(2 * OWN_BROKER_DEADLINE_MS);

/** A broker of its own, in a process of its own, that is stopped, killed and started again on the same data and port. */
describe(`what a Kafka broker keeps (${CHOSEN_KAFKA})`, () => {
  let workDir: string;
  let broker: OwnBroker;
  let kafka: Kafka;

  beforeAll(async () => {
    workDir = mkdtempSync(join(tmpdir(), 'waybill-durability-'));
    broker = await startOwnBroker(workDir);
    kafka = kafkaOf(broker.brokers, { retry: UNTIL_IT_IS_BACK });
  }, OWN_BROKER_DEADLINE_MS);

  afterAll(async () => {
    await broker.stop();
    rmSync(workDir, { recursive: true, force: true });
  });

  async function killAndStart(): Promise<void> {
    await broker.kill();
    broker = await startOwnBroker(workDir, broker.port);
  }

  const values = (records: readonly ConsumedRecord[]): readonly (string | null)[] => records.map(({ value }) => value);

  it('keeps records, topics with their settings, and committed offsets over a restart', async () => {
    await createTopic(kafka, 'restarted', 3, { 'retention.ms': '123456789' });
    await send(kafka, 'restarted', [
      { value: 'a', partition: 1 },
      { value: 'b', partition: 1 },
    ]);
    await consume(kafka, 'restarted', 'reader', 2);
    await send(kafka, 'restarted', [{ value: 'c', partition: 1 }]);
    await broker.stop();
    broker = await startOwnBroker(workDir, broker.port);
    expect(await consume(kafka, 'restarted', 'reader', 1)).toMatchObject([{ partition: 1, offset: 2, value: 'c' }]);
    const resource = { type: 2, name: 'restarted', configNames: ['retention.ms'] };
    const { resources } = await withAdmin(kafka, (admin) =>
      admin.describeConfigs({ resources: [resource], includeSynonyms: false }),
    );
    expect(resources[0]?.configEntries).toMatchObject([{ configName: 'retention.ms', configValue: '123456789' }]);
  });

  it('F56: loses nothing acknowledged when it is killed in mid-produce, and an idempotent producer continues without doubles', async () => {
    await createTopic(kafka, 'killed', 1);
    const acknowledged: string[] = [];
    let killed: Promise<void> | undefined;
    await withProducer(
      kafka,
      async (producer) => {
        for (let index = 0; index < 300; index++) {
          const sending = producer.send({ topic: 'killed', messages: [{ value: String(index) }] });
          if (index === 100) killed = killAndStart();
          await sending;
          acknowledged.push(String(index));
        }
      },
      'idempotent',
    );
    await killed;
    const count = await countRecords(kafka, 'killed');
    expect(values(await consume(kafka, 'killed', 'reader', count))).toEqual(acknowledged);
  });

  it('F56: a group of three under load continues where it has committed when the broker is killed', async () => {
    const total = 300;
    await createTopic(kafka, 'grouped', 3);
    const missing = new Set(Array.from({ length: total }, (_, index) => String(index)));
    const all = deferred();
    const members = Array.from({ length: 3 }, () => kafka.consumer({ groupId: 'three', maxWaitTimeInMs: 100 }));
    await Promise.all(
      members.map(async (member) => {
        await member.connect();
        await member.subscribe({ topic: 'grouped', fromBeginning: true });
        await member.run({
          eachMessage: async ({ message }) => {
            missing.delete(String(message.value));
            if (missing.size === 0) all.resolve();
          },
        });
      }),
    );
    const lagOfGroup = () =>
      withAdmin(kafka, async (admin) => {
        const [committed] = await admin.fetchOffsets({ groupId: 'three', topics: ['grouped'] });
        const ends = await admin.fetchTopicOffsets('grouped');
        return ends.map(
          ({ partition, high }) =>
            Number(high) - Number(committed?.partitions.find((each) => each.partition === partition)?.offset),
        );
      });
    let killed: Promise<void> | undefined;
    await withProducer(kafka, async (producer) => {
      for (let index = 0; index < total; index++) {
        if (index === 100) killed = killAndStart();
        await producer.send({ topic: 'grouped', messages: [{ value: String(index), partition: index % 3 }] });
      }
    });
    await killed;
    await all.promise;
    // A member that the broker has forgotten commits nothing until the group is formed again, and nothing where it stops before that.
    for (const end = Date.now() + OWN_BROKER_DEADLINE_MS; Date.now() < end; await delay(100)) {
      if ((await lagOfGroup()).every((records) => records === 0)) break;
    }
    await Promise.all(members.map((member) => member.disconnect()));
    expect(await lagOfGroup()).toEqual([0, 0, 0]);
  });
});
