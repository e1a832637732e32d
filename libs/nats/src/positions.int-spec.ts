import { jetstreamManager } from '@nats-io/jetstream';
import type { JetStreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Broker, LanePosition } from '@waybill/messaging';
import { eventually } from '@waybill/messaging/testing';

import { NatsNames } from './names.js';
import { joinGroup, publishTexts } from './testing/join-group.js';
import { describeOnNats, NATS_URL, removeTestStreams, testNats, testPrefix } from './testing/test-nats.js';

jest.setTimeout(60_000);

const LANE = { topic: 'notes', partition: 0 };

describeOnNats('positions on NATS', () => {
  let topicPrefix: string;
  let broker: Broker;
  let stream: string;
  let connection: NatsConnection;
  let jsm: JetStreamManager;

  beforeAll(async () => {
    connection = await connect({ servers: new URL(NATS_URL).host });
    jsm = await jetstreamManager(connection);
  });

  beforeEach(async () => {
    topicPrefix = testPrefix();
    stream = new NatsNames(topicPrefix).stream(LANE);
    broker = testNats({ topicPrefix, partitions: 1, metadataMaxAgeMs: 300 });
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
  });

  afterEach(() => broker.close());

  afterAll(async () => {
    await connection.close();
    await removeTestStreams();
  });

  const publish = (...texts: readonly string[]) => publishTexts(broker, 'notes', 'k', ...texts);

  async function lag() {
    const reader = broker.createLagReader({ group: 'g', topics: ['notes'] });
    const [lane] = await reader.read();
    await reader.close();
    return lane;
  }

  const join = (options: Parameters<typeof joinGroup>[1] = { topics: ['notes'] }) => joinGroup(broker, options);

  it('are kept with their owner, and told once the broker has them', async () => {
    const committed: LanePosition[] = [];
    const onCommitted = (positions: readonly LanePosition[]) => void committed.push(...positions);
    const member = await join({ topics: ['notes'], owner: 'db-1', onCommitted });
    await publish('0', '1');
    await eventually(() => member.records.length === 2);
    await member.acknowledgeAll();
    await eventually(() => committed.length === 1);
    expect(committed).toEqual([{ ...LANE, next: '2' }]);
    expect(await lag()).toMatchObject({ first: '0', next: '2', end: '2', owner: 'db-1', messages: 0, ageMs: 0 });
  });

  it('aren’t given to the broker while the database doesn’t take them, nor when the member leaves', async () => {
    let isDown = true;
    let asked = 0;
    const beforeCommit = async () => {
      asked += 1;
      if (isDown) throw new Error('the database is down');
    };
    const member = await join({ topics: ['notes'], beforeCommit });
    await publish('0');
    await eventually(() => member.records.length === 1);
    await member.acknowledgeAll();
    await eventually(() => asked > 1);
    expect((await lag())?.next).toBeUndefined();
    isDown = false;
    await eventually(async () => (await lag())?.next === '1');
    isDown = true;
    await publish('1');
    await eventually(() => member.records.length === 2);
    await member.acknowledgeAll();
    await member.close();
    expect((await lag())?.next).toBe('1');
  });

  it('are written when the member leaves', async () => {
    const member = await join();
    await publish('0');
    await eventually(() => member.records.length === 1);
    await member.acknowledgeAll();
    await member.close();
    expect((await lag())?.next).toBe('1');
  });

  it('begin where the service says, and may go back', async () => {
    await publish('0', '1', '2');
    const before = await join();
    await eventually(() => before.records.length === 3);
    await before.acknowledgeAll();
    await before.close();
    const restored = await join({ topics: ['notes'], startAt: () => '1' });
    await eventually(() => restored.records.length === 2);
    expect(restored.values()).toEqual(['1', '2']);
    await restored.subscription?.acknowledge([{ ...LANE, next: '2' }]);
    await restored.close();
    expect((await lag())?.next).toBe('2');
  });

  it('ignores what isn’t of this assignment: lanes that it doesn’t have, and records that it hasn’t been handed', async () => {
    const member = await join();
    await publish('0');
    await eventually(() => member.records.length === 1);
    const impossible = [
      { ...LANE, next: '9' },
      { topic: 'notes', partition: 7, next: '1' },
    ];
    await member.subscription.acknowledge(impossible);
    await member.close();
    expect((await lag())?.next).toBeUndefined();
  });

  it('tells a position whose records were deleted meanwhile, and continues at the earliest', async () => {
    const before = await join();
    await publish('0', '1');
    await eventually(() => before.records.length === 2);
    await before.subscription?.acknowledge([{ ...LANE, next: '1' }]);
    await before.close();
    await publish('2', '3', '4');
    await jsm.streams.purge(stream, { seq: 4 }); // what is before the record 3
    const after = await join();
    await eventually(() => after.records.length === 2);
    expect(after.values()).toEqual(['3', '4']);
    expect(after.lost).toEqual([{ ...LANE, next: '1' }]);
    expect(await lag()).toMatchObject({ first: '3', next: '1', end: '5', messages: 2 });
  });

  it('tells records that were deleted before a paused lane has read them', async () => {
    const member = await join();
    await publish('0');
    await eventually(() => member.records.length === 1);
    member.subscription.pause(LANE);
    for (let sent = 0; sent < 300; sent += 100) await publish(...Array.from({ length: 100 }, (_, n) => `${sent + n}`));
    await jsm.streams.purge(stream, { seq: 299 });
    member.subscription.resume(LANE);
    await eventually(() => member.values().at(-1) === '299');
    const [lost] = member.lost;
    expect(lost).toMatchObject(LANE);
    expect(Number(lost?.next)).toBeLessThan(298);
    expect(member.records.at(-1)?.position).toBe('300');
  });

  it('counts single records that were deleted neither as lag nor as loss of all that follows', async () => {
    await publish('0', '1', '2');
    for (const sequence of [1, 2]) await jsm.streams.deleteMessage(stream, sequence);
    expect((await lag())?.messages).toBe(1);
    const member = await join();
    await eventually(() => member.records.length === 1);
    await member.acknowledgeAll();
    await eventually(async () => (await lag())?.messages === 0);
  });

  it('F70: of a stream that was deleted and made again while nobody looked count for nothing', async () => {
    const before = await join();
    await publish('0', '1');
    await eventually(() => before.records.length === 2);
    await before.acknowledgeAll();
    await before.close();
    await jsm.streams.delete(stream);
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    const again = await broker.createPublisher();
    const records = ['a', 'b', 'c'].map((text) => ({
      topic: 'notes',
      key: null,
      value: Buffer.from(text),
      headers: {},
    }));
    await again.publish(records);
    expect(await lag()).toMatchObject({ next: undefined, owner: undefined, messages: 3 });
    const after = await join();
    await eventually(() => after.values().includes('c'));
    expect([...new Set(after.values())]).toEqual(['a', 'b', 'c']);
    await after.acknowledgeAll();
    await eventually(async () => (await lag())?.next === '3');
  });

  it('F70: of a stream that is deleted and made again while it is read count for nothing, nor does what is in hand', async () => {
    const member = await join();
    await publish('0', '1', '2');
    await eventually(() => member.records.length === 3);
    await jsm.streams.delete(stream);
    await eventually(() => member.health.at(-1) === false);
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    await eventually(() => member.health.at(-1) === true);
    await member.subscription.acknowledge([{ ...LANE, next: '3' }]); // in hand since before
    await publish('a', 'b');
    await eventually(() => member.values().includes('b'));
    await member.close();
    expect((await lag())?.next).toBeUndefined();
    expect([...new Set(member.values())]).toEqual(['0', '1', '2', 'a', 'b']);
  });

  it('F32: a listener that throws is handed the record again, and isn’t called healthy in between', async () => {
    let thrown = 0;
    const health: boolean[] = [];
    const got: string[] = [];
    await broker.subscribe(
      { group: 'g', topics: ['notes'] },
      {
        onRecords: (_, records) => {
          if (thrown < 3) throw new Error(`refused ${(thrown += 1)}`);
          got.push(...records.map(({ value }) => String(value)));
        },
        onAssigned: () => {},
        onHealth: (healthy) => void health.push(healthy),
      },
    );
    await publish('0', '1');
    await eventually(() => got.length === 2);
    expect(got).toEqual(['0', '1']);
    expect(health).toEqual([true, false, true]);
  });
});
