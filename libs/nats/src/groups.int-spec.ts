import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { Broker } from '@waybill/messaging';
import { eventually } from '@waybill/messaging/testing';

import { NatsNames } from './names.js';
import type { NatsOptions } from './nats-options.js';
import { joinGroup, publishTexts } from './testing/join-group.js';
import { describeOnNats, NATS_URL, removeTestStreams, testNats, testPrefix } from './testing/test-nats.js';

jest.setTimeout(60_000);

describeOnNats('a group on NATS', () => {
  let topicPrefix: string;
  const open: Broker[] = [];

  beforeEach(() => {
    topicPrefix = testPrefix();
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((broker) => broker.close()));
  });

  afterAll(removeTestStreams);

  function connected(options: Partial<NatsOptions> & { partitions?: number } = {}): Broker {
    const broker = testNats({ topicPrefix, partitions: 6, ...options });
    open.push(broker);
    return broker;
  }

  async function withTopics(...names: readonly string[]): Promise<Broker> {
    const broker = connected();
    await broker.ensureTopics(names.map((name) => ({ name, kind: 'event' as const })));
    return broker;
  }

  it('shares the lanes of all topics fairly, also among members that don’t want the same topics', async () => {
    await withTopics('a', 'b');
    const both = await joinGroup(connected(), { topics: ['a', 'b'] });
    const more = await joinGroup(connected(), { topics: ['a', 'b'] });
    const onlyA = await joinGroup(connected(), { topics: ['a'] });
    const shares = () =>
      [both, more, onlyA].map(({ lanes }) =>
        ['a', 'b'].map((topic) => lanes.filter((lane) => lane.topic === topic).length),
      );
    await eventually(() => JSON.stringify(shares()) === '[[2,3],[2,3],[2,0]]');
    await more.close();
    await eventually(() => JSON.stringify([shares()[0], shares()[2]]) === '[[3,6],[3,0]]');
  });

  it('has members without a lane, which are healthy, and take over at once when another leaves', async () => {
    const broker = connected({ partitions: 1 });
    await broker.ensureTopics([{ name: 'a', kind: 'event' }]);
    const first = await joinGroup(broker, { topics: ['a'] });
    const second = await joinGroup(connected({ sessionTimeoutMs: 60_000 }), { topics: ['a'] });
    await eventually(() => second.health.at(-1) === true);
    expect([first.lanes.length, second.lanes.length]).toEqual([1, 0]);
    await first.close();
    await eventually(() => second.lanes.length === 1); // long before the session of the first would end
  });

  it('reads on from what is acknowledged where it keeps a lane while others go to a new member', async () => {
    const broker = await withTopics('a');
    const first = await joinGroup(broker, { topics: ['a'] });
    await Promise.all(Array.from({ length: 30 }, (_, n) => publishTexts(broker, 'a', `k${n}`, 'once')));
    await eventually(() => first.records.length === 30);
    await first.acknowledgeAll(); // told to the servers when the new member has come, at the latest
    const second = await joinGroup(connected(), { topics: ['a'] });
    await eventually(() => first.lanes.length === 3 && second.lanes.length === 3);
    await Promise.all(Array.from({ length: 30 }, (_, n) => publishTexts(broker, 'a', `k${n}`, 'again')));
    await eventually(() => [...first.values(), ...second.values()].filter((value) => value === 'again').length === 30);
    expect([...first.values(), ...second.values()].filter((value) => value === 'once')).toHaveLength(30);
  });

  it('F47: keeps its lanes while nothing is acknowledged for several session timeouts', async () => {
    const broker = await withTopics('a');
    const slow = await joinGroup(connected({ sessionTimeoutMs: 600 }), { topics: ['a'] });
    const watcher = await joinGroup(connected({ sessionTimeoutMs: 600 }), { topics: ['a'] });
    await eventually(() => slow.lanes.length === 3 && watcher.lanes.length === 3);
    const assignments = [slow.assignments.length, watcher.assignments.length];
    await Promise.all(Array.from({ length: 20 }, (_, n) => publishTexts(broker, 'a', `k${n}`, 'held')));
    await eventually(() => slow.records.length + watcher.records.length === 20);
    await new Promise((resolve) => setTimeout(resolve, 2_500)); // the length of the call, not a wait
    expect([slow.assignments.length, watcher.assignments.length]).toEqual(assignments);
    expect(slow.records.length + watcher.records.length).toBe(20);
    await slow.acknowledgeAll();
    await watcher.acknowledgeAll();
    const reader = broker.createLagReader({ group: 'g', topics: ['a'] });
    await eventually(async () => (await reader.read()).every(({ messages }) => messages === 0));
  });

  it('F48: reads lanes that are added while it runs, from their first record on', async () => {
    await withTopics('a');
    const member = await joinGroup(connected({ metadataMaxAgeMs: 200 }), { topics: ['a'] });
    expect(member.lanes).toHaveLength(6);
    const names = new NatsNames(topicPrefix);
    const connection = await connect({ servers: new URL(NATS_URL).host });
    const jsm = await jetstreamManager(connection);
    const lane = { topic: 'a', partition: 6 };
    await jsm.streams.add({ name: names.stream(lane), subjects: [names.subject(lane)] });
    await connection.close();
    const late = connected();
    const sent = await Promise.all(Array.from({ length: 40 }, (_, n) => publishTexts(late, 'a', `k${n}`, 'x')));
    expect(sent.flat().filter(({ ok }) => !ok)).toEqual([]);
    await eventually(() => new Set(member.records.map(({ key }) => String(key))).size === 40);
    expect(member.records.some(({ partition }) => partition === 6)).toBe(true);
  });

  it('waits for a topic that isn’t there yet, and says so', async () => {
    const broker = connected({ startTimeoutMs: 300, metadataMaxAgeMs: 100 });
    const member = await joinGroup(broker, { topics: ['late'] });
    await eventually(() => member.health.at(-1) === false);
    expect(member.causes).toEqual(['There is no topic late']);
    await broker.ensureTopics([{ name: 'late', kind: 'event' }]);
    await eventually(() => member.lanes.length === 6 && member.health.at(-1) === true);
  });

  it('leaves nothing behind at the server but positions', async () => {
    const broker = await withTopics('a');
    const member = await joinGroup(broker, { topics: ['a'] });
    await publishTexts(broker, 'a', 'k', '1');
    await eventually(() => member.records.length === 1);
    await member.close();
    const connection = await connect({ servers: new URL(NATS_URL).host });
    const jsm = await jetstreamManager(connection);
    const names = new NatsNames(topicPrefix);
    const consumers = async () => {
      const found: string[] = [];
      for (const partition of [0, 1, 2, 3, 4, 5]) {
        for await (const { name } of jsm.consumers.list(names.stream({ topic: 'a', partition }))) found.push(name);
      }
      for await (const { name } of jsm.consumers.list(`KV_${names.bucket('g')}`)) found.push(name);
      return found;
    };
    await eventually(async () => (await consumers()).length === 0);
    await connection.close();
  });
});
