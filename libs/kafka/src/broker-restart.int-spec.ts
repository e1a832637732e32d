import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startEmbeddedKafka } from '@waybill/embedded/testing';
import type { Broker, BrokerRecord, LanePosition } from '@waybill/messaging';
import { eventually } from '@waybill/messaging/testing';

import { KAFKA_CLIENTS } from './kafka-options.js';
import { testKafka } from './testing/test-kafka.js';

jest.setTimeout(120_000);

describe.each(KAFKA_CLIENTS)('a broker that goes away and comes back, by %s', (client) => {
  let folder: string;
  let kafka: Awaited<ReturnType<typeof startEmbeddedKafka>>;
  let broker: Broker;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'waybill-restart-'));
    kafka = await startEmbeddedKafka({ storage: { dataDir: folder } });
    broker = testKafka({ brokers: [kafka.brokers], partitions: 3, client });
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
  });

  afterEach(async () => {
    await broker.close();
    await kafka.stop();
    rmSync(folder, { recursive: true });
  });

  it('is published to and consumed from again, from the acknowledged position on, and said to be away meanwhile', async () => {
    const records: BrokerRecord[] = [];
    const health: boolean[] = [];
    const subscription = await broker.subscribe(
      { group: 'g', topics: ['notes'] },
      {
        onRecords: (_, arrived) => void records.push(...arrived),
        onAssigned: () => {},
        onHealth: (healthy) => void health.push(healthy),
      },
    );
    const publisher = await broker.createPublisher();
    const publish = async (text: string): Promise<boolean> => {
      const [outcome] = await publisher.publish([
        { topic: 'notes', key: Buffer.from('k'), value: Buffer.from(text), headers: {} },
      ]);
      return outcome?.ok === true;
    };
    const committed = async (): Promise<boolean> => {
      const reader = broker.createLagReader({ group: 'g', topics: ['notes'] });
      const lanes = await reader.read();
      await reader.close();
      return lanes.some(({ next }) => next === '1');
    };
    expect(await publish('before')).toBe(true);
    await eventually(() => records.length === 1);
    const next: LanePosition[] = records.map(({ topic, partition }) => ({ topic, partition, next: '1' }));
    await subscription.acknowledge(next);
    await eventually(committed);

    await kafka.stop();
    await eventually(() => health.at(-1) === false, 60_000);
    expect(await publish('meanwhile')).toBe(false);
    kafka = await startEmbeddedKafka({ storage: { dataDir: folder }, port: kafka.port });
    await eventually(async () => await publish('after'), 30_000);
    await eventually(() => records.some(({ value }) => String(value) === 'after'), 60_000);
    expect(records.filter(({ value }) => String(value) === 'before')).toHaveLength(1);
    await eventually(() => health.at(-1) === true, 30_000);
  });
});
