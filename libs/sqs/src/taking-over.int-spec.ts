import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { TcpProxy } from '@waybill/embedded/testing';
import type { Broker, BrokerRecord } from '@waybill/messaging';
import { eventually } from '@waybill/messaging/testing';

import { Aws } from './aws.js';
import type { Clients } from './aws.js';
import { LaneReader } from './lane-reader.js';
import { SqsNames } from './names.js';
import { Positions } from './positions.js';
import { Emulator } from './testing/emulator.js';
import { joinReaders, publishTexts } from './testing/join-readers.js';
import { testBroker } from './testing/test-sqs.js';

jest.setTimeout(120_000);

/** Dies when it is about to do something for the first time: that isn't done, nor is anything after it. */
class DyingAws extends Aws {
  isDead = false;

  constructor(
    endpoint: string,
    private readonly operation: string,
  ) {
    super({ region: 'eu-central-1', endpoint });
  }

  override async open(): Promise<Clients> {
    const { sqs, sns } = await super.open();
    const get = (target: typeof sqs, name: string): unknown => {
      if (name === this.operation) this.isDead = true;
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return this.isDead ? () => Promise.reject(new Error('it is dead')) : value.bind(target);
    };
    return { sns, sqs: new Proxy(sqs, { get: (target, name) => get(target, String(name)) }) };
  }
}

describe('taking records over', () => {
  let emulator: Emulator;
  let prefix: string;
  let broker: Broker;

  beforeAll(async () => {
    emulator = await Emulator.start();
  });
  afterAll(() => emulator.kill());

  beforeEach(async () => {
    prefix = `${randomUUID()}.`;
    broker = testBroker(emulator.url, { prefix });
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
  });
  afterEach(() => broker.close());

  it.each([
    ['the record is in the hand', 'sendMessageBatch'],
    ['the position is moved', 'sendMessage'],
    ['the record is deleted from the lane', 'deleteMessageBatch'],
  ])('F86: continues with the same numbers after a death before %s', async (_, operation) => {
    await (await joinReaders(broker)).subscription.close(); // the group has its queues
    const texts = ['1', '2', '3'];
    await publishTexts(
      broker,
      texts.map((value) => ['k', value] as const),
    );
    const partition = broker.partitionOf(Buffer.from('k'), 3);
    const dying = new DyingAws(emulator.url, operation);
    const heard: BrokerRecord[] = [];
    const reader = new LaneReader(
      {
        aws: dying,
        names: new SqsNames(prefix),
        settings: { visibilitySeconds: 1, waitSeconds: 1, readAhead: 10 },
        owner: undefined,
        onRecords: (_lane, records) => heard.push(...records),
        onLost: () => {},
        onTrouble: () => {},
      },
      { topic: 'notes', partition, slot: 0 },
    );
    reader.start();
    await eventually(() => dying.isDead);
    void reader.stop();

    const heir = await joinReaders(broker);
    await eventually(() => heir.records.length >= texts.length);
    expect(heir.records.map(({ position, value }) => [position, String(value)])).toEqual([
      ['0', '1'],
      ['1', '2'],
      ['2', '3'],
    ]);
    expect(heard.every(({ position, value }) => Number(position) + 1 === Number(String(value)))).toBe(true);
    heir.acknowledge(heir.records);
    const lag = broker.createLagReader({ group: 'readers', topics: ['notes'] });
    await eventually(async () => (await lag.read()).every(({ messages }) => messages === 0));
    const ends = (await lag.read()).map(({ end }) => end);
    expect(ends[partition]).toBe('3');
  });

  it('F86: has two members that both take a lane for theirs hand over every record from its beginning, in order and under the same numbers', async () => {
    await (await joinReaders(broker)).subscription.close(); // the group has its queues
    const aws = new Aws({ region: 'eu-central-1', endpoint: emulator.url });
    const partition = broker.partitionOf(Buffer.from('k'), 3);
    const settings = { visibilitySeconds: 5, waitSeconds: 1, readAhead: 100 };
    const nothing = { owner: undefined, onLost: () => {}, onTrouble: () => {} };
    const rivals = [1, 2].map(() => {
      const heard: BrokerRecord[] = [];
      const parts = { aws, names: new SqsNames(prefix), settings, ...nothing };
      const onRecords = (_lane: unknown, records: readonly BrokerRecord[]): void => void heard.push(...records);
      return { heard, reader: new LaneReader({ ...parts, onRecords }, { topic: 'notes', partition, slot: 0 }) };
    });
    for (const { reader } of rivals) reader.start();
    const COUNT = 40;
    for (let number = 0; number < COUNT; number += 1) await publishTexts(broker, [['k', String(number)]]);
    await eventually(() => rivals.some(({ heard }) => heard.at(-1)?.position === String(COUNT - 1)));
    await Promise.all(rivals.map(({ reader }) => reader.stop()));
    for (const { heard } of rivals) {
      expect(heard.length).toBeGreaterThan(1); // both have taken some over
      expect(heard.map(({ position }) => position)).toEqual(heard.map((_, index) => String(index)));
      expect(heard.map(({ value }) => String(value))).toEqual(heard.map(({ position }) => position));
    }
    await aws.close();
  });

  it('F86: reads and commits its other lanes while the position of one can not be seen, and that one once it can', async () => {
    const keys = [0, 1].map((lane) => {
      const isOfLane = (key: string): boolean => broker.partitionOf(Buffer.from(key), 3) === lane;
      return ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].find(isOfLane) ?? '';
    });
    const publish = (text: string): Promise<void> =>
      publishTexts(
        broker,
        keys.map((key) => [key, text] as const),
      );
    const first = await joinReaders(broker);
    await publish('old');
    await eventually(() => first.records.length === 2);
    await first.acknowledgeAll();
    await first.close();
    const aws = new Aws({ region: 'eu-central-1', endpoint: emulator.url });
    const [hidden, other] = [0, 1].map((partition) =>
      new SqsNames(prefix).position({ topic: 'notes', partition, slot: 0 }),
    );
    const { sqs } = await aws.open();
    const QueueUrl = await aws.queueUrl(String(hidden));
    const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 });
    expect(Messages.length).toBeGreaterThan(0);

    const member = await joinReaders(broker);
    await publish('new');
    await eventually(() => member.records.length === 1);
    await member.acknowledgeAll();
    await eventually(async () => (await new Positions(aws, String(other)).read())?.next === 2);
    expect(member.causes).toEqual([]); // it is still being looked for
    await eventually(() => member.causes.some((cause) => cause.includes('gives out 0 of them only')), 20_000);
    expect(member.assignments).toHaveLength(1);

    const Entries = Messages.map(({ ReceiptHandle }, index) => {
      return { Id: String(index), ReceiptHandle, VisibilityTimeout: 0 };
    });
    await sqs.changeMessageVisibilityBatch({ QueueUrl, Entries });
    await eventually(() => member.records.length === 2, 20_000);
    expect(member.records.map(({ partition, position }) => [partition, position])).toEqual([
      [1, '1'],
      [0, '1'],
    ]);
    await eventually(() => member.health.at(-1) === true);
    await aws.close();
  });

  it('F86: numbers no record twice however often its lane has changed hands', async () => {
    await (await joinReaders(broker)).subscription.close(); // the group has its queues
    const aws = new Aws({ region: 'eu-central-1', endpoint: emulator.url });
    const names = new SqsNames(prefix);
    const lane = { topic: 'notes', partition: broker.partitionOf(Buffer.from('k'), 3), slot: 0 };
    const { sqs } = await aws.open();
    const QueueUrl = await aws.queueUrl(names.queue(lane));
    const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['CreatedTimestamp'] });
    const log = Attributes?.['CreatedTimestamp'] ?? '';
    for (let next = 1; next <= 33; next += 1) {
      const position = { next, taken: next, sequence: '0', log, owner: undefined };
      await new Positions(aws, names.position(lane)).write(position); // as a reader that has the lane for one record
    }
    const member = await joinReaders(broker);
    await publishTexts(broker, [['k', 'new']]);
    await eventually(() => member.records.length === 1);
    expect(member.records[0]?.position).toBe('33');
    await aws.close();
  });

  it('F90: writes the position of a quiet lane again before SQS deletes it', async () => {
    const member = await joinReaders(broker);
    await publishTexts(broker, [['k', '1']]);
    await eventually(() => member.records.length === 1);
    member.acknowledge(member.records);
    await member.subscription.close();
    const aws = new Aws({ region: 'eu-central-1', endpoint: emulator.url });
    const names = new SqsNames(prefix);
    const lane = { topic: 'notes', partition: broker.partitionOf(Buffer.from('k'), 3), slot: 0 };
    const { sqs } = await aws.open();
    const QueueUrl = await aws.queueUrl(names.position(lane));
    const ids = async (): Promise<readonly (string | undefined)[]> => {
      const { Messages = [] } = await sqs.receiveMessage({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
      });
      return Messages.map(({ MessageId }) => MessageId);
    };
    const before = await ids();
    const reader = new LaneReader(
      {
        aws,
        names,
        settings: { visibilitySeconds: 1, waitSeconds: 1, readAhead: 10 },
        owner: undefined,
        onRecords: () => {},
        onLost: () => {},
        onTrouble: () => {},
        clock: () => Date.now() + 4 * 86_400_000,
      },
      lane,
    );
    reader.start();
    await eventually(async () => (await ids()).some((id) => !before.includes(id)));
    await reader.stop();
    // The older one is what goes, though both say the same.
    await new Positions(aws, names.position(lane)).open();
    const [kept, ...more] = await ids();
    expect([before.includes(kept), more]).toEqual([false, []]);
    expect(await new Positions(aws, names.position(lane)).read()).toMatchObject({ next: 1, taken: 1 });
    await aws.close();
  });

  it('F34: loses nothing and keeps the order of each key where members are cut off at any moment, and come back', async () => {
    const [keys, calls] = [8, 60];
    const firsts = new Map<string, Set<number>>();
    const proxies = await Promise.all([1, 2, 3].map(() => TcpProxy.start(emulator.url)));
    const brokers = proxies.map((proxy) =>
      testBroker(proxy.url, { prefix, visibilitySeconds: 2, sessionTimeoutMs: 1_500 }),
    );
    const members = await Promise.all(
      brokers.map((each) =>
        joinReaders(each, {}, (member, records) => {
          for (const { key, value } of records) {
            const own = firsts.get(String(key)) ?? new Set();
            firsts.set(String(key), own.add(Number(String(value))));
          }
          member.acknowledge(records);
        }),
      ),
    );
    for (let call = 0; call < calls; call += 1) {
      const proxy = proxies[call % proxies.length];
      if (call === 20) proxies[0]?.refuse(); // for longer than a session: the others take its lanes
      else if (call === 50) proxies[0]?.reopen();
      else if (call < 20 || proxy !== proxies[0]) proxy?.cut();
      await publishTexts(
        broker,
        Array.from({ length: keys }, (_, key) => [`k${key}`, String(call)] as const),
      );
      await sleep(50); // so that each cut meets the members somewhere else in their work
    }
    const count = (): number => [...firsts.values()].reduce((sum, { size }) => sum + size, 0);
    await eventually(() => count() === keys * calls, 60_000);
    for (const own of firsts.values()) expect([...own]).toEqual(Array.from({ length: calls }, (_, call) => call));
    await eventually(() => members.every(({ health }) => health.at(-1) === true), 30_000);
    await Promise.all(brokers.map((each) => each.close()));
    await Promise.all(proxies.map((proxy) => proxy.stop()));
  });
});
