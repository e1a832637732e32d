import { DiscardPolicy, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { partitionOf } from '@waybill/messaging';
import type { Broker, RecordToPublish } from '@waybill/messaging';
import { brokerContract, eventually } from '@waybill/messaging/testing';
import type { ServerOfItsOwn } from '@waybill/messaging/testing';

import { NatsNames } from './names.js';
import { joinGroup, publishTexts } from './testing/join-group.js';
import { isNatsInstalled, OwnServer } from './testing/own-server.js';
import { describeOnNats, NATS_URL, removeTestStreams, testNats, testPrefix } from './testing/test-nats.js';

jest.setTimeout(60_000);

const NOTES = { name: 'notes', kind: 'event' as const };
const DAY_MS = 86_400_000;

async function startNats(): Promise<ServerOfItsOwn> {
  const server = await OwnServer.start();
  const broker = testNats({ servers: [server.url], partitions: 3 });
  return {
    broker,
    kill: () => server.kill(),
    start: () => server.start(),
    remove: () => server.remove(),
  };
}

describeOnNats('on NATS', () => {
  afterAll(removeTestStreams);

  brokerContract('NATS JetStream', () => testNats({ topicPrefix: testPrefix(), partitions: 3 }), {
    startServer: isNatsInstalled() ? startNats : undefined,
  });

  describe('NatsBroker', () => {
    let topicPrefix: string;
    let broker: Broker;

    beforeEach(() => {
      topicPrefix = testPrefix();
      broker = testNats({ topicPrefix, partitions: 3 });
    });

    afterEach(() => broker.close());

    async function publish(...records: readonly Partial<RecordToPublish>[]) {
      const publisher = await broker.createPublisher();
      const bare = { topic: 'notes', key: Buffer.from('k'), value: Buffer.from('v'), headers: {} };
      return publisher.publish(records.map((record) => ({ ...bare, ...record })));
    }

    /** What JetStream itself says. */
    async function asOperator<Result>(work: (jsm: Awaited<ReturnType<typeof jetstreamManager>>) => Promise<Result>) {
      const connection = await connect({ servers: new URL(NATS_URL).host });
      const result = await work(await jetstreamManager(connection));
      await connection.close();
      return result;
    }

    it('keeps deployments on the same server apart by their prefix', async () => {
      const other = testNats({ topicPrefix: testPrefix(), partitions: 3 });
      await Promise.all([broker, other].map((each) => each.ensureTopics([NOTES])));
      const [red, blue] = [
        await joinGroup(broker, { topics: ['notes'] }),
        await joinGroup(other, { topics: ['notes'] }),
      ];
      await publishTexts(other, 'notes', 'k', 'blue');
      await publishTexts(broker, 'notes', 'k', 'red');
      await eventually(() => red.records.length === 1 && blue.records.length === 1);
      expect([red.values(), blue.values()]).toEqual([['red'], ['blue']]);
      await other.close();
    });

    it('refuses for good what no server takes, lets its neighbours through, and nothing of its key pass it', async () => {
      await broker.ensureTopics([NOTES]);
      const outcomes = await publish(
        { key: Buffer.from('small') },
        { key: Buffer.from('large'), value: Buffer.alloc(2_000_000) },
        { key: Buffer.from('large') },
        { key: Buffer.from('small') },
        { topic: 'no topic' },
      );
      expect(outcomes).toMatchObject([
        { ok: true },
        { ok: false, retriable: false },
        { ok: false, retriable: true },
        { ok: true },
        { ok: false, retriable: false },
      ]);
    });

    it('lets no later record of a key into the log where an earlier one may yet come', async () => {
      await broker.ensureTopics([NOTES]);
      const names = new NatsNames(topicPrefix);
      const lane = { topic: 'notes', partition: broker.partitionOf(Buffer.from('k'), 3) };
      await asOperator(async (jsm) =>
        jsm.streams.update(names.stream(lane), { max_bytes: 300, discard: DiscardPolicy.New }),
      );
      const outcomes = await publish({ value: Buffer.alloc(250) }, {}, {});
      expect(outcomes).toMatchObject([1, 2, 3].map(() => ({ ok: false, retriable: true })));
    });

    it('F52: puts every key on the lane where it says that it is, which is the one that Kafka has', async () => {
      await broker.ensureTopics([NOTES]);
      const keys = Array.from({ length: 100 }, (_, n) => `key-${n}`);
      const outcomes = await publish(...keys.map((key) => ({ key: Buffer.from(key) })));
      expect(outcomes.every(({ ok }) => ok)).toBe(true);
      const reader = await joinGroup(broker, { topics: ['notes'] });
      await eventually(() => reader.records.length === keys.length);
      for (const { key, partition } of reader.records) expect(partition).toBe(partitionOf(key ?? Buffer.alloc(0), 3));
      expect(new Set(reader.records.map(({ partition }) => partition)).size).toBe(3);
    });

    it('F83: drops what is published twice, byte by byte the same; what has an id but other bytes, or none, it doesn’t', async () => {
      await broker.ensureTopics([NOTES]);
      const headers = { ce_id: '1', ce_source: '/s' };
      const outcomes = await publish(
        { headers },
        { headers },
        { headers, value: Buffer.from('other') },
        { value: Buffer.from('bare') },
        { value: Buffer.from('bare') },
      );
      expect(outcomes.every(({ ok }) => ok)).toBe(true);
      const reader = await joinGroup(broker, { topics: ['notes'] });
      await eventually(() => reader.records.length === 4);
      expect(reader.values()).toEqual(['v', 'other', 'bare', 'bare']);
    });

    it('F83: takes a repetition of what was purged since for what it is: the only one', async () => {
      await broker.ensureTopics([NOTES]);
      const headers = { ce_id: '1', ce_source: '/s' };
      await publish({ headers });
      const names = new NatsNames(topicPrefix);
      const partition = broker.partitionOf(Buffer.from('k'), 3);
      await asOperator((jsm) => jsm.streams.purge(names.stream({ topic: 'notes', partition })));
      expect(await publish({ headers })).toEqual([{ ok: true }]);
      const reader = await joinGroup(broker, { topics: ['notes'] });
      await eventually(() => reader.records.length === 1);
    });

    it('F40: gives created topics their retention, and says of each what its strictest lane has', async () => {
      const own = testNats({ topicPrefix, partitions: 2, retentionMs: 7 * DAY_MS });
      await own.ensureTopics([
        { name: 'week', kind: 'event' },
        { name: 'hour.of.day', kind: 'event', retentionMs: 3_600_000 },
        { name: 'ever', kind: 'event', retentionMs: -1 },
      ]);
      const retentions = async () =>
        (await broker.describeTopics(['week', 'hour.of.day', 'nobody.made.this', 'ever'])).map((one) => [
          one.topic,
          one.retentionMs,
        ]);
      expect(await retentions()).toEqual([
        ['week', 7 * DAY_MS],
        ['hour.of.day', 3_600_000],
        ['ever', Infinity],
      ]);
      const names = new NatsNames(topicPrefix);
      const max_age = DAY_MS * 1_000_000;
      await asOperator((jsm) => jsm.streams.update(names.stream({ topic: 'ever', partition: 1 }), { max_age }));
      expect((await retentions()).at(-1)).toEqual(['ever', DAY_MS]);
      await own.close();
    });

    it('leaves topics that exist as they are, and creates lanes that are missing without moving a key', async () => {
      const four = testNats({ topicPrefix, partitions: 4 });
      await four.ensureTopics([NOTES]);
      await four.close();
      await publishTexts(broker, 'notes', 'k', 'before');
      expect(await broker.ensureTopics([NOTES])).toEqual([]);
      const names = new NatsNames(topicPrefix);
      await asOperator((jsm) => jsm.streams.delete(names.stream({ topic: 'notes', partition: 1 })));
      expect(await broker.ensureTopics([NOTES, { name: 'other', kind: 'event' }])).toEqual(['notes', 'other']);
      const reader = broker.createLagReader({ group: 'g', topics: ['notes'] });
      const lanes = await reader.read();
      expect(lanes).toHaveLength(4);
      const partition = broker.partitionOf(Buffer.from('k'), 4);
      expect(lanes.filter(({ messages }) => messages > 0)).toMatchObject(partition === 1 ? [] : [{ partition }]);
    });

    it('names what it can’t call a topic or a group, all of it', async () => {
      const topics = ['a b', '$JS.API', 'fine'].map((name) => ({ name, kind: 'event' as const }));
      await expect(broker.ensureTopics(topics)).rejects.toMatchObject({
        code: 'MESSAGING_MISCONFIGURED',
        faults: [expect.stringContaining('"a b"'), expect.stringContaining('"$JS.API"')],
      });
      await expect(joinGroup(broker, { group: 'a b', topics: ['notes'] })).rejects.toThrow('the group "a b"');
    });

    it('F33: says which servers it could not reach, after the time it was given, and no password', async () => {
      const away = testNats({ servers: ['nats://me:secret@127.0.0.1:1'], startTimeoutMs: 100 });
      const failed = away.ensureTopics([]);
      await expect(failed).rejects.toThrow('No NATS server answered within 100 ms at 127.0.0.1:1');
      await expect(failed).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE' });
      await away.close();
    });
  });
});
