import { TcpProxy } from '@waybill/embedded/testing';
import type { Broker } from '@waybill/messaging';
import { eventually } from '@waybill/messaging/testing';

import { joinGroup, publishTexts } from './testing/join-group.js';
import { describeOnOwnServer, OwnServer } from './testing/own-server.js';
import { describeOnNats, NATS_URL, removeTestStreams, testNats, testPrefix } from './testing/test-nats.js';

jest.setTimeout(120_000);

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => String(from + index));

describeOnNats('a connection to NATS that fails', () => {
  let proxy: TcpProxy;
  let topicPrefix: string;
  let broker: Broker;
  let direct: Broker;

  beforeEach(async () => {
    proxy = await TcpProxy.start(NATS_URL);
    topicPrefix = testPrefix();
    const settings = { topicPrefix, partitions: 2, sessionTimeoutMs: 2_000 };
    broker = testNats({ ...settings, servers: [proxy.url] });
    direct = testNats(settings);
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
  });

  afterEach(async () => {
    await Promise.all([broker.close(), direct.close()]);
    await proxy.stop();
  });

  afterAll(removeTestStreams);

  it('is made again in mid-flow: nothing is lost, every key keeps its order, and it is told meanwhile', async () => {
    const member = await joinGroup(broker, { topics: ['notes'] });
    const publishing = (async () => {
      for (let from = 0; from < 1_000; from += 50)
        await publishTexts(direct, 'notes', `k${from % 3}`, ...numbers(from, from + 50));
    })();
    for (let cuts = 1; cuts <= 3; cuts += 1) {
      await eventually(() => member.records.length > cuts * 200);
      const before = proxy.connections;
      proxy.cut();
      await eventually(() => proxy.connections > before);
      await member.acknowledgeAll();
    }
    await publishing;
    await eventually(() => new Set(member.values()).size === 1_000, 30_000);
    await eventually(() => member.health.at(-1) === true);
    expect(member.health).toContain(false);
    for (const key of ['k0', 'k1', 'k2']) {
      const own = member.records.filter((record) => String(record.key) === key).map(({ value }) => Number(value));
      const firsts = [...new Set(own)];
      expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
    }
  });

  it('that is cut short costs no membership: nothing is assigned again', async () => {
    const member = await joinGroup(broker, { topics: ['notes'] });
    await publishTexts(direct, 'notes', 'k', '0');
    await eventually(() => member.records.length === 1);
    proxy.cut();
    await eventually(() => member.health.at(-1) === false);
    await publishTexts(direct, 'notes', 'k', '1');
    await eventually(() => member.values().includes('1') && member.health.at(-1) === true);
    expect(member.assignments).toHaveLength(1);
    expect(member.values()).toEqual(['0', '1']);
  });

  it('is said by a publisher at once, for each record, and used again when it is back', async () => {
    const publisher = await broker.createPublisher();
    const publish = (text: string) =>
      publisher.publish([{ topic: 'notes', key: Buffer.from('k'), value: Buffer.from(text), headers: {} }]);
    expect(await publish('0')).toEqual([{ ok: true }]);
    proxy.refuse();
    await eventually(async () => {
      const [outcome] = await publish('lost');
      return outcome?.ok === false && outcome.retriable && /no connection/.test(outcome.error.message);
    });
    proxy.reopen();
    await eventually(async () => (await publish('1'))[0]?.ok === true, 20_000);
  });

  it('that falls silent for longer than a session ends the membership on both sides: here first, then others take over', async () => {
    const member = await joinGroup(broker, { topics: ['notes'] });
    const other = await joinGroup(direct, { topics: ['notes'] });
    await eventually(() => member.lanes.length === 1 && other.lanes.length === 1);
    const ends: string[] = [];
    const [lanesOfMember, lanesOfOther] = [member.assignments.length, other.assignments.length];
    member.onAssigned = (lanes) => {
      ends.push('member');
      member.assignments.push(lanes);
    };
    other.onAssigned = (lanes) => {
      ends.push('other');
      other.assignments.push(lanes);
    };
    proxy.silence();
    await eventually(() => other.lanes.length === 2, 30_000);
    expect(ends).toEqual(['member', 'other']);
    expect([lanesOfMember + 1, lanesOfOther + 1]).toEqual([member.assignments.length, other.assignments.length]);
    expect(member.lanes).toEqual([]);
    expect(member.health.at(-1)).toBe(false);
    proxy.reopen();
    await eventually(() => member.lanes.length === 1 && other.lanes.length === 1, 60_000);
    await eventually(() => member.health.at(-1) === true);
  });
});

describeOnOwnServer('a NATS server that is not there yet', () => {
  it('F78: a member that starts before its server says so, and consumes once the server is there', async () => {
    const server = await OwnServer.start();
    const broker = testNats({ servers: [server.url], partitions: 2, startTimeoutMs: 300 });
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    await publishTexts(broker, 'notes', 'k', '0');
    await broker.close();
    await server.kill();
    const late = testNats({ servers: [server.url], partitions: 2, startTimeoutMs: 300 });
    const member = await joinGroup(late, { topics: ['notes'] });
    await eventually(() => member.health.at(-1) === false);
    await server.start();
    await eventually(() => member.values().includes('0') && member.health.at(-1) === true, 30_000);
    await late.close();
    await server.remove();
  });
});
