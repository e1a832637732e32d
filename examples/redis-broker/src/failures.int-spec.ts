import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

import { TcpProxy } from '@waybill/embedded/testing';
import type { Broker } from '@waybill/messaging';
import { ContractMember, eventually } from '@waybill/messaging/testing';

import { Keys, RedisConnection } from './redis-connection.js';
import { RedisSubscription } from './redis-subscription.js';
import { asOperator, describeOnRedis, PREFIX, REDIS_URL, removeTestKeys, testRedis } from './testing/test-redis.js';

jest.setTimeout(60_000);

describeOnRedis('RedisBroker, when things go wrong,', () => {
  let broker: Broker;
  let topic: string;
  let lane: string;

  beforeEach(async () => {
    topic = `notes-${randomUUID()}`;
    lane = new Keys(PREFIX).lane({ topic, partition: 0 });
    broker = testRedis({ partitions: 1 });
    await broker.ensureTopics([{ name: topic, kind: 'event', retentionMs: 60_000 }]);
  });

  afterEach(() => broker.close());
  afterAll(removeTestKeys);

  async function publish(...values: readonly string[]): Promise<void> {
    const publisher = await broker.createPublisher();
    await publisher.publish(values.map((value) => ({ topic, key: null, value: Buffer.from(value), headers: {} })));
  }

  it('F34: gives the lane of a member that fell silent to another one, and takes nothing from it any more', async () => {
    const proxy = await TcpProxy.start(REDIS_URL);
    const away = testRedis({ url: proxy.url, sessionTimeoutMs: 2_000 });
    const silent = await ContractMember.join(away, { group: 'g', topics: [topic] });
    await publish('1');
    await eventually(() => silent.records.length === 1);
    proxy.silence();
    const heir = await ContractMember.join(broker, { group: 'g', topics: [topic] });
    await eventually(() => heir.lanes.length === 1);
    expect({ lanes: silent.lanes, healthy: silent.health.at(-1) }).toEqual({ lanes: [], healthy: false });
    await eventually(() => heir.values().includes('1'));
    await silent.acknowledgeAll();
    proxy.reopen();
    await eventually(() => silent.health.at(-1) === true);
    const lag = broker.createLagReader({ group: 'g', topics: [topic] });
    expect(await lag.read()).toMatchObject([{ messages: 1, next: undefined }]);
    await away.close();
    await proxy.stop();
  });

  it('hands a lane over only once what was acknowledged there is written, so that nobody reads it meanwhile', async () => {
    const wide = testRedis({ partitions: 4 });
    const spec = { name: `wide-${topic}`, kind: 'event' as const };
    await wide.ensureTopics([spec]);
    const publisher = await wide.createPublisher();
    const records = Array.from({ length: 40 }, (_, n) => ({ key: Buffer.from(`k${n}`), value: null, headers: {} }));
    await publisher.publish(records.map((record) => ({ ...record, topic: spec.name })));
    let write = (): void => {};
    const written = new Promise<void>((resolve) => (write = resolve));
    const options = { group: 'g', topics: [spec.name] };
    const giver = await ContractMember.join(wide, { ...options, beforeCommit: () => written });
    await eventually(() => giver.records.length === 40);
    void giver.acknowledgeAll();
    const taker = await ContractMember.join(wide, options);
    await eventually(() => giver.lanes.length === 2);
    expect(taker.lanes).toEqual([]);
    write();
    await eventually(() => taker.lanes.length === 2);
    await publisher.publish(records.map((record) => ({ ...record, topic: spec.name })));
    await eventually(() => giver.current.length + taker.records.length === 40);
    await wide.close();
  });

  it('counts nobody who has left, whatever he was doing', async () => {
    const silent = { error: () => {}, warn: () => {}, debug: () => {} };
    const open = (): RedisConnection => new RedisConnection({ url: REDIS_URL, startTimeoutMs: 1_000 }, silent);
    const [redis, reading] = [open(), open()] as const;
    const keys = new Keys(PREFIX);
    let answer = (): void => {};
    const lanes = new Promise<readonly []>((resolve) => (answer = () => resolve([])));
    const options = { group: 'leaver', topics: [], lanes: () => lanes };
    const listener = { onRecords: () => {}, onAssigned: () => {}, onHealth: () => {} };
    const subscription = new RedisSubscription(redis, reading, keys, options, listener);
    const started = subscription.start();
    await redis.ready();
    await subscription.close(); // while it waits for the lanes
    answer();
    await setImmediate();
    expect(await redis.send('ZCARD', keys.members('leaver'))).toBe(0);
    redis.close();
    await started;
  });

  it('F48: starts again at the earliest record where a lane ends before what was read of it, and says so', async () => {
    await publish('1', '2', '3');
    const member = await ContractMember.join(broker, { group: 'g', topics: [topic] });
    await eventually(() => member.records.length === 3);
    await asOperator((client) => client.del(lane)); // as after a fail-over to a replica that hadn't it yet
    await publish('4');
    await eventually(() => member.values().includes('4'));
    expect(member.lost).toHaveLength(1);
  });

  it('F40: forgets what is older than its topic keeps it, and tells a group that has not read it', async () => {
    await publish('kept');
    const member = await ContractMember.join(broker, { group: 'g', topics: [topic] });
    await eventually(() => member.records.length === 1);
    await member.acknowledgeAll();
    await member.close();
    const old = String(Date.now() - 61_000);
    await asOperator(async (client) => {
      await client.xAdd(lane, '0-*', { t: old, v: 'old' });
      await client.xDel(lane, '0-1'); // whose time comes first
    });
    await publish('new');
    const next = await ContractMember.join(broker, { group: 'g', topics: [topic] });
    await eventually(() => next.records.length === 1);
    expect(next.values()).toEqual(['new']);
    expect(next.lost).toEqual([{ topic, partition: 0, next: '1' }]);
  });
});
