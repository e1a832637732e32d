import { randomUUID } from 'node:crypto';

import type { Broker, LanePosition } from '@waybill/messaging';
import { eventually } from '@waybill/messaging/testing';
import { Kafka, logLevel } from 'kafkajs';

import { testKafka } from './testing/test-kafka.js';

jest.setTimeout(60_000);

const HOUR_MS = 3_600_000;
const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
const kafka = new Kafka({ brokers, clientId: 'test', logLevel: logLevel.NOTHING });
const listener = { onRecords: () => {}, onAssigned: () => {}, onHealth: () => {} };

describe('the lag on Kafka', () => {
  let prefix: string;
  let broker: Broker;

  beforeEach(async () => {
    prefix = `lag${randomUUID().slice(0, 8)}.`;
    broker = testKafka({ brokers, topicPrefix: prefix, partitions: 2 });
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    // A broker that has just started has no coordinator yet.
    const first = reader();
    await eventually(async () => (await first.read().catch(() => [])).length > 0, 30_000);
    await first.close();
  });

  afterEach(() => broker.close());

  async function produce(...timestamps: readonly number[]): Promise<void> {
    const producer = kafka.producer();
    await producer.connect();
    const messages = timestamps.map((timestamp) => ({ value: 'x', partition: 0, timestamp: String(timestamp) }));
    await producer.send({ topic: `${prefix}notes`, messages });
    await producer.disconnect();
  }

  async function commit(partition: number, offset: string): Promise<void> {
    const admin = kafka.admin();
    await admin.connect();
    await admin.setOffsets({ groupId: `${prefix}g`, topic: `${prefix}notes`, partitions: [{ partition, offset }] });
    await admin.disconnect();
  }

  const reader = () => broker.createLagReader({ group: 'g', topics: ['notes'] });

  it('dates a backlog that is older than the process, although nobody consumes it', async () => {
    await produce(Date.now() - 2.5 * HOUR_MS, Date.now() - 7 * 60_000, Date.now());
    const [lane, other] = await reader().read();
    expect([lane?.messages, other?.messages, other?.ageMs]).toEqual([3, 0, 0]);
    expect(lane?.ageMs).toBeGreaterThanOrEqual(2 * HOUR_MS);
    expect(lane?.ageMs).toBeLessThan(2.5 * HOUR_MS);
    await commit(0, '1');
    const [later] = await reader().read();
    expect(later?.messages).toBe(2);
    expect(later?.ageMs).toBeGreaterThanOrEqual(5 * 60_000);
    expect(later?.ageMs).toBeLessThan(7 * 60_000);
  });

  it('asks for times past once, and not at every reading', async () => {
    await produce(Date.now() - HOUR_MS);
    const lag = reader();
    await lag.read();
    await commit(0, '1');
    expect((await lag.read())[0]).toMatchObject({ messages: 0, ageMs: 0 });
    await produce(Date.now());
    const [lane] = await lag.read();
    expect(lane?.messages).toBe(1);
    expect(lane?.ageMs).toBeLessThan(5_000);
  });

  it('F70: dates nothing by the log of a topic that was deleted and made again', async () => {
    await produce(...Array.from({ length: 5 }, () => Date.now() - HOUR_MS));
    const lag = reader();
    expect((await lag.read())[0]?.ageMs).toBeGreaterThan(HOUR_MS / 2);
    const admin = kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [`${prefix}notes`] });
    await admin.disconnect();
    // Deleted in the background; until then it counts as there.
    const end = async (): Promise<string | undefined> => {
      await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
      return (await lag.read())[0]?.end;
    };
    await eventually(async () => (await end().catch(() => undefined)) === '0', 30_000);
    await produce(Date.now(), Date.now());
    await commit(0, '2');
    expect((await lag.read())[0]).toMatchObject({ messages: 0, ageMs: 0, next: '2', end: '2' });
    await lag.close();
  });

  it('tells a position that the broker no longer has, and what it has', async () => {
    await produce(Date.now(), Date.now());
    await commit(0, '1000');
    expect((await reader().read())[0]).toMatchObject({ messages: 0, first: '0', next: '1000', end: '2' });
    const lost: LanePosition[] = [];
    await broker.subscribe(
      { group: 'g', topics: ['notes'] },
      { ...listener, onPositionLost: (position) => void lost.push(position) },
    );
    await eventually(() => lost.length > 0, 30_000);
    expect(lost).toEqual([{ topic: 'notes', partition: 0, next: '1000' }]);
  });

  it('leaves out a topic that is missing, and has it once it is there', async () => {
    const own = testKafka({ brokers, topicPrefix: prefix });
    const lag = own.createLagReader({ group: 'g', topics: ['missing', 'notes'] });
    expect((await lag.read()).map(({ topic }) => topic)).toEqual(['notes', 'notes']);
    await own.ensureTopics([{ name: 'missing', kind: 'event' }]);
    await eventually(async () => (await lag.read()).some(({ topic }) => topic === 'missing'));
    await own.close();
  });
});
