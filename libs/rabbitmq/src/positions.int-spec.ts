import { setTimeout as sleep } from 'node:timers/promises';

import type { Broker, LaneLag } from '@waybill/messaging';
import { ContractMember, eventually } from '@waybill/messaging/testing';

import { closeConnection, Connector } from './connection.js';
import { Names } from './names.js';
import { settingsOf } from './rabbit-options.js';
import { StreamReader } from './stream-reader.js';
import { describeOnRabbit, rabbitUrl, TestRabbit } from './testing/test-rabbit.js';

jest.setTimeout(60_000);

const group = { group: 'g', topics: ['notes'], owner: 'database-1' };

describeOnRabbit('positions of a group', () => {
  let rabbit: TestRabbit;
  let broker: Broker;

  beforeEach(() => {
    rabbit = new TestRabbit();
    broker = rabbit.broker({ partitions: 1 });
  });

  afterEach(() => rabbit.remove());

  async function publish(on: Broker, ...values: readonly string[]): Promise<void> {
    const publisher = await on.createPublisher();
    const records = values.map((value) => ({ topic: 'notes', key: null, value: Buffer.from(value), headers: {} }));
    await eventually(async () => (await publisher.publish(records)).every(({ ok }) => ok));
    await publisher.close();
  }

  async function lag(): Promise<LaneLag | undefined> {
    const reader = broker.createLagReader(group);
    const [lane] = await reader.read();
    await reader.close();
    return lane;
  }

  async function consumeAll(count: number): Promise<void> {
    const member = await ContractMember.join(broker, group);
    await eventually(() => member.records.length === count);
    await member.acknowledgeAll();
    await member.close();
  }

  it('are kept with whose they are, and continued from, or from where it is said', async () => {
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    expect(await lag()).toMatchObject({ next: undefined, owner: undefined, end: '0' });
    await publish(broker, '0', '1', '2');
    await consumeAll(3);
    expect(await lag()).toMatchObject({ next: '3', owner: 'database-1', end: '3', messages: 0, ageMs: 0 });
    await publish(broker, '3');
    const restored = await ContractMember.join(broker, { ...group, startAt: () => '1' });
    await eventually(() => restored.records.length === 3);
    expect(restored.values()).toEqual(['1', '2', '3']);
    expect(restored.lost).toEqual([]);
    await restored.close();
    expect(await lag()).toMatchObject({ next: '3' }); // nothing was acknowledged
  });

  it('F70: of a topic that was deleted and made again are lost, although the new log is the longer one', async () => {
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    await publish(broker, 'old 0', 'old 1');
    await consumeAll(2);
    const reader = broker.createLagReader(group);
    expect(await reader.read()).toMatchObject([{ next: '2', end: '2' }]);
    await rabbit.withChannel((channel) => rabbit.deleteTopic(channel, 'notes'));
    expect(await reader.read()).toEqual([]);
    expect(await broker.ensureTopics([{ name: 'notes', kind: 'event' }])).toEqual(['notes']);
    await publish(broker, 'new 0', 'new 1', 'new 2');
    expect(await reader.read()).toMatchObject([{ first: '0', end: '3' }]);
    const member = await ContractMember.join(broker, group);
    await eventually(() => member.records.length === 3);
    expect(member.values()).toEqual(['new 0', 'new 1', 'new 2']);
    expect(member.lost).toEqual([{ topic: 'notes', partition: 0, next: '2' }]);
    await member.acknowledgeAll();
    await member.close();
    expect(await lag()).toMatchObject({ next: '3' });
  });

  it('F70: of a topic that is deleted while it is consumed are lost, and it is consumed again once it is there', async () => {
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    await publish(broker, 'old 0', 'old 1');
    const member = await ContractMember.join(broker, group);
    await eventually(() => member.records.length === 2);
    await member.acknowledgeAll();
    await eventually(async () => (await lag())?.next === '2');
    await rabbit.withChannel((channel) => rabbit.deleteTopic(channel, 'notes'));
    await eventually(() => member.health.at(-1) === false);
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    await publish(broker, 'new 0');
    await eventually(() => member.values().includes('new 0'), 30_000);
    expect(member.lost).toEqual([{ topic: 'notes', partition: 0, next: '2' }]);
    await eventually(() => member.health.at(-1) === true);
  });

  it.each([
    ['', group],
    [', begun where the database says', { ...group, startAt: () => '0' }],
  ])('F70: of a topic that was made again are those of the new log though that is empty%s', async (_, options) => {
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    await publish(broker, 'old 0', 'old 1');
    await consumeAll(2);
    await rabbit.withChannel((channel) => rabbit.deleteTopic(channel, 'notes'));
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    expect(await lag()).toMatchObject({ next: '2', end: '0' });
    const member = await ContractMember.join(broker, options);
    await eventually(async () => (await lag())?.next === '0'); // or a caller that waits for all to be read waits for ever
    expect(member.lost).toEqual([{ topic: 'notes', partition: 0, next: '2' }]);
    await member.close();
  });

  it('F40: do not lead to records that are older than the topic keeps them, though RabbitMQ still has them', async () => {
    const forgetful = rabbit.broker({ partitions: 1, retentionMs: 1 });
    await forgetful.ensureTopics([{ name: 'notes', kind: 'event' }]);
    const [limits] = await forgetful.describeTopics(['notes']);
    expect(limits).toMatchObject({ retentionMs: 1, segmentMs: 60_000 });
    await publish(broker, 'kept');
    const reader = broker.createLagReader(group);
    expect(await reader.read()).toMatchObject([{ messages: 1, first: '0' }]);
    jest.spyOn(Date, 'now').mockImplementation(() => performance.timeOrigin + performance.now() + 120_000); // two minutes later
    try {
      expect(await reader.read()).toMatchObject([{ messages: 0, ageMs: 0, first: '1', end: '1' }]);
      const member = await ContractMember.join(broker, group);
      await publish(broker, 'new');
      await eventually(() => member.records.length === 1);
      expect(member.values()).toEqual(['new']);
    } finally {
      jest.restoreAllMocks();
    }
  });

  it('are compared with an end that is never behind what was confirmed', async () => {
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    const connector = new Connector(settingsOf({ urls: [rabbitUrl], name: 'test' }));
    const connection = await connector.connect('reader');
    const stream = new Names(rabbit.prefix).lane({ topic: 'notes', partition: 0 });
    const reader = new StreamReader(connection);
    let [confirmed, done] = [0, false];
    const publisher = await broker.createPublisher();
    const publishing = (async () => {
      for (let call = 0; call < 60; call += 1) {
        const size = 1 + ((call * 37) % 90);
        const batch = Array.from({ length: size }, () => ({
          topic: 'notes',
          key: null,
          value: Buffer.from('x'),
          headers: {},
        }));
        const outcomes = await publisher.publish(batch);
        confirmed += outcomes.filter(({ ok }) => ok).length;
        await sleep(1);
      }
      done = true;
    })();
    const behind: number[] = [];
    const isDone = (): boolean => done;
    while (!isDone()) {
      const before = confirmed;
      const { offset } = await reader.readLast(stream);
      if (offset < before) behind.push(before - offset);
    }
    await publishing;
    expect(behind).toEqual([]);
    expect((await reader.readLast(stream)).offset).toBe(confirmed);
    await closeConnection(connection);
  });
});
