import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { TcpProxy } from '@waybill/embedded/testing';
import type { Broker } from '@waybill/messaging';
import { eventually } from '@waybill/messaging/testing';

import { laneKey } from './group-state.js';
import { NatsNames } from './names.js';
import { joinGroup, publishTexts } from './testing/join-group.js';
import { describeOnOwnServer, OwnServer } from './testing/own-server.js';
import { testNats } from './testing/test-nats.js';

jest.setTimeout(120_000);

const LANE = { topic: 'notes', partition: 0 };
const names = new NatsNames('');
const stream = names.stream(LANE);
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `v${from + index}`);

/** JetStream syncs to the disk once in a while, and volumes are restored from snapshots. */
describeOnOwnServer('a stream whose server has lost its tail, and has taken other records since', () => {
  let server: OwnServer;
  let proxy: TcpProxy;
  let direct: Broker;
  let broker: Broker;

  beforeEach(async () => {
    server = await OwnServer.start();
    proxy = await TcpProxy.start(server.url);
    direct = testNats({ servers: [server.url], partitions: 1 });
    broker = testNats({ servers: [proxy.url], partitions: 1, sessionTimeoutMs: 2_000 });
    await direct.ensureTopics([{ name: 'notes', kind: 'event' }]);
    await publish('v0', 'v1', 'v2', 'v3', 'v4');
    await server.kill();
    server.keepStream(stream);
    await server.start();
  });

  afterEach(async () => {
    await Promise.all([broker.close(), direct.close()]);
    await proxy.stop();
    await server.remove();
  });

  async function publish(...texts: readonly string[]): Promise<void> {
    await eventually(async () => (await publishTexts(direct, 'notes', 'k', ...texts.slice(0, 1)))[0]?.ok === true);
    const outcomes = await publishTexts(direct, 'notes', 'k', ...texts.slice(1));
    expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
  }

  /** Other records than before are where these have been, and behind them. */
  async function rollBack(): Promise<void> {
    await server.kill();
    server.rollBackStream(stream);
    await server.start();
    await publish(...numbers(10, 18));
  }

  async function acknowledged(): Promise<string | undefined> {
    const reader = direct.createLagReader({ group: 'g', topics: ['notes'] });
    const [lane] = await reader.read();
    await reader.close();
    return lane?.next;
  }

  async function readAll(): Promise<void> {
    const member = await joinGroup(broker, { topics: ['notes'] });
    await publish(...numbers(5, 10));
    await eventually(() => member.records.length === 10);
    await member.acknowledgeAll();
    await member.close();
    expect(await acknowledged()).toBe('10');
  }

  it('F91: is read again by who joins later, and what was read of it before is told as lost', async () => {
    await readAll();
    await rollBack();
    const later = await joinGroup(broker, { topics: ['notes'] });
    await eventually(() => later.values().includes('v17'));
    expect(later.current.map(({ value }) => String(value))).toEqual([...numbers(0, 5), ...numbers(10, 18)]);
    expect(later.lost).toEqual([{ ...LANE, next: '10' }]);
    expect(later.replaced).toEqual(later.lost);
    await later.subscription.acknowledge([{ ...LANE, next: '10' }]); // where the position was before, behind another record
    await later.close();
    const last = await joinGroup(broker, { topics: ['notes'] });
    await eventually(() => last.values().includes('v17'));
    expect(last.values()).toEqual(numbers(15, 18));
    expect(last.lost).toEqual([]);
  });

  it('F91: is read again by a member that was there all the time, and what it has in hand counts for nothing', async () => {
    const member = await joinGroup(broker, { topics: ['notes'] });
    await publish(...numbers(5, 10));
    await eventually(() => member.records.length === 10);
    await member.subscription.acknowledge([{ ...LANE, next: '7' }]);
    await eventually(async () => (await acknowledged()) === '7');
    proxy.refuse(); // the relays are back before it is
    await rollBack();
    proxy.reopen();
    await eventually(() => member.values().includes('v17'));
    expect(member.current.map(({ value }) => String(value))).toEqual([...numbers(0, 5), ...numbers(10, 18)]);
    expect(member.lost).toContainEqual({ ...LANE, next: '10' });
  });

  it('continues where nothing was lost, also from positions that an older release has left', async () => {
    await readAll();
    await server.kill();
    await server.start();
    await publish('v10');
    const later = await joinGroup(broker, { topics: ['notes'] });
    await eventually(() => later.records.length === 1);
    await later.close();
    const connection = await connect({ servers: [new URL(server.url).host] });
    const kv = await new Kvm(jetstream(connection)).open(names.bucket('g'));
    const { log, record, ...rest } = (await kv.get(laneKey(names, LANE)))?.json<Record<string, string>>() ?? {};
    expect(record).toMatch(/^\d{13}$/);
    await kv.put(laneKey(names, LANE), JSON.stringify({ ...rest, log }));
    const last = await joinGroup(broker, { topics: ['notes'] });
    await eventually(() => last.records.length === 1);
    expect([later.values(), last.values(), later.lost, last.lost]).toEqual([['v10'], ['v10'], [], []]);
    await connection.close();
  });
});
