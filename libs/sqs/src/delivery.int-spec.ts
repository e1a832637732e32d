import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Broker } from '@waybill/messaging';
import { eventually } from '@waybill/messaging/testing';

import { Aws } from './aws.js';
import { SqsNames } from './names.js';
import { Emulator } from './testing/emulator.js';
import { joinReaders, publishTexts } from './testing/join-readers.js';
import { testBroker } from './testing/test-sqs.js';

jest.setTimeout(60_000);

describe('delivery on SQS', () => {
  let emulator: Emulator;
  let prefix: string;
  let names: SqsNames;
  let aws: Aws;
  let broker: Broker;

  beforeAll(async () => {
    emulator = await Emulator.start();
  });
  afterAll(() => emulator.kill());

  beforeEach(async () => {
    prefix = `${randomUUID()}.`;
    names = new SqsNames(prefix);
    aws = new Aws({ region: 'eu-central-1', endpoint: emulator.url });
    broker = testBroker(emulator.url, { prefix, visibilitySeconds: 1, readAhead: 5, topics: { partitions: 1 } });
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
  });
  afterEach(async () => {
    await broker.close();
    await aws.close();
  });

  it('hands over nothing twice to a handler that takes several times the visibility, and holds up nothing behind it', async () => {
    const member = await joinReaders(broker);
    await publishTexts(broker, [
      ['slow', '1'],
      ['quick', '2'],
    ]);
    await eventually(() => member.records.length === 2);
    await sleep(3_500); // longer than three visibility timeouts: nothing may happen
    await publishTexts(broker, [['quick', '3']]);
    await eventually(() => member.records.length === 3);
    expect(member.values()).toEqual(['1', '2', '3']);
    expect(member.health.at(-1)).toBe(true);
  });

  it('takes no more of a paused lane over, nor more than it may have in hand', async () => {
    const member = await joinReaders(broker);
    await publishTexts(
      broker,
      Array.from({ length: 12 }, (_, index) => [`k${index}`, String(index)] as const),
    );
    await eventually(() => member.records.length === 5);
    const hand = names.hand({ topic: 'notes', partition: 0, slot: 0 });
    expect(await aws.count(hand)).toBe(5);
    member.subscription.pause({ topic: 'notes', partition: 0 });
    member.acknowledge(member.records);
    await eventually(async () => (await aws.count(hand)) === 0);
    const [seen, waiting] = [
      member.records.length,
      await aws.count(names.queue({ topic: 'notes', partition: 0, slot: 0 })),
    ];
    expect([seen, waiting]).toEqual([5, 7]);
    member.subscription.resume({ topic: 'notes', partition: 0 });
    await eventually(() => member.records.length === 10);
  });

  it('gives one spare slot to each group that comes, and makes another, so that each begins at the earliest record', async () => {
    await publishTexts(broker, [['k', 'early']]);
    for (const group of ['one', 'two', 'three']) {
      const member = await joinReaders(broker, { group });
      await eventually(() => member.values().includes('early'));
    }
    await publishTexts(broker, [['k', 'late']]);
    const fourth = await joinReaders(broker, { group: 'four' });
    await eventually(() => fourth.values().includes('late'));
    // There are three spare ones: the fourth group's was made when the first one came.
    expect(fourth.values()).toEqual(['late']);
  });

  it('F85: counts what was given out too often, and never taken over, in the dead-letter queue of its topic', async () => {
    const few = testBroker(emulator.url, { prefix, maxReceiveCount: 10, topics: { partitions: 1 } });
    await few.ensureTopics([{ name: 'watched', kind: 'event' }]);
    const publisher = await few.createPublisher();
    await publisher.publish([{ topic: 'watched', key: null, value: Buffer.from('poison'), headers: {} }]);
    const { sqs } = await aws.open();
    const QueueUrl = await aws.queueUrl(names.queue({ topic: 'watched', partition: 0, slot: 0 }));
    for (let time = 0; time <= 10; time += 1) await sqs.receiveMessage({ QueueUrl, VisibilityTimeout: 0 });
    const lag = few.createLagReader({ group: 'readers', topics: ['notes', 'watched', 'missing'] });
    expect(await lag.deadLetters?.()).toEqual([
      { topic: 'notes', queue: names.net('notes'), records: 0 },
      { topic: 'watched', queue: names.net('watched'), records: 1 },
    ]);
    await few.close();
  });

  it('is rebuilt where somebody has deleted its queue, and says that what was in it is lost', async () => {
    const member = await joinReaders(broker);
    await publishTexts(broker, [['k', '1']]);
    await eventually(() => member.records.length === 1);
    member.acknowledge(member.records);
    const lag = broker.createLagReader({ group: 'readers', topics: ['notes'] });
    await eventually(async () => (await lag.read())[0]?.next === '1');
    const { sqs } = await aws.open();
    const queue = names.queue({ topic: 'notes', partition: 0, slot: 0 });
    await sleep(1_100); // AWS and the emulator tell queues apart by the second they were made in
    await sqs.deleteQueue({ QueueUrl: await aws.queueUrl(queue) });
    await eventually(() => member.health.includes(false));
    await eventually(() => member.health.at(-1) === true, 20_000);
    await eventually(() => member.lost.length > 0);
    expect(member.replaced).toEqual([{ topic: 'notes', partition: 0, next: '1' }]);
    await publishTexts(broker, [['k', '2']]);
    await eventually(() => member.values().includes('2'));
  });
});
