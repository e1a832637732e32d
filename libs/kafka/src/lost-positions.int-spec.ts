import { randomUUID } from 'node:crypto';

import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { startEmbeddedKafka } from '@waybill/embedded/testing';
import type { EmbeddedKafka } from '@waybill/embedded/testing';
import { MessageHandler } from '@waybill/messaging';
import type { Broker } from '@waybill/messaging';
import { consumingApp, eventually, InMemoryLaneLedger, noteContract, noteRecord } from '@waybill/messaging/testing';
import { Kafka, logLevel } from 'kafkajs';

import { testKafka } from './testing/test-kafka.js';

jest.setTimeout(60_000);

const notes = noteContract('notes');
const testBrokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
const TOPICS = [{ name: 'notes', kind: 'event' as const, retentionMs: 3_600_000 }];
const taken: string[] = [];
/** What a handler waits for. */
let blocked: Promise<void> | undefined;

@Controller()
class Notes {
  @MessageHandler(notes)
  take(@Payload() { text }: { readonly text: string }): Promise<void> | undefined {
    taken.push(text);
    return blocked;
  }
}

/** What a consumer with a database of its own says after something has happened to its broker. */
describe('positions that the broker has lost (F71)', () => {
  let kafka: EmbeddedKafka;
  let broker: Broker;
  const open: { close(): Promise<void> }[] = [];

  beforeEach(async () => {
    kafka = await startEmbeddedKafka({ storage: 'memory' });
    broker = testKafka({ brokers: [kafka.brokers], partitions: 1 });
    taken.length = 0;
    blocked = undefined;
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((part) => part.close()));
    await broker.close();
    await kafka.stop();
  });

  async function publish(on: Broker, ...texts: readonly string[]): Promise<void> {
    const publisher = await on.createPublisher();
    await publisher.publish(texts.map((text) => noteRecord(notes, 'k', text)));
    await publisher.close();
  }

  async function consume(on: Broker, ledger: InMemoryLaneLedger) {
    const options = { group: 'g', topics: TOPICS, checkIntervalMs: 200 };
    const { app, consumer } = await consumingApp(on, options, [Notes], [], { ledger });
    await app.startAllMicroservices();
    return { close: () => app.close(), issues: () => consumer.laneIssues() };
  }

  it('records that were deleted before they were handled: told with lane and range, and the rest is handled', async () => {
    const ledger = new InMemoryLaneLedger();
    const first = await consume(broker, ledger);
    await publish(broker, '0', '1');
    await eventually(async () => (await ledger.marks())[0]?.next === '2');
    await first.close();
    await publish(broker, '2', '3', '4');
    kafka.applyRetention(Date.now() + 2 * 3_600_000); // all of it is too old
    const second = await consume(broker, ledger);
    open.push(second);
    await publish(broker, '5');
    await eventually(() => taken.includes('5'));
    await eventually(() => second.issues().length > 0);
    expect(second.issues()).toMatchObject([{ kind: 'lost', topic: 'notes', partition: 0, first: '2', next: '5' }]);
    expect(taken).toEqual(['0', '1', '5']);
  });

  it('a broker that has lost everything: told with what was handled of the log that is gone', async () => {
    const ledger = new InMemoryLaneLedger();
    const first = await consume(broker, ledger);
    await publish(broker, '0', '1', '2');
    await eventually(async () => (await ledger.marks())[0]?.next === '3');
    await first.close();
    const wiped = await startEmbeddedKafka({ storage: 'memory' });
    const again = testKafka({ brokers: [wiped.brokers], partitions: 1 });
    const second = await consume(again, ledger);
    open.push(second, again, { close: () => wiped.stop() });
    expect(second.issues()).toMatchObject([{ kind: 'replaced', first: '0', next: '3' }]);
    await publish(again, 'new');
    await eventually(() => taken.includes('new'));
  });

  it('F70: a topic that is deleted while it runs is created again with its settings, reported, and consumed again', async () => {
    const topicPrefix = `d${randomUUID().slice(0, 8)}.`;
    const shared = testKafka({ brokers: testBrokers, topicPrefix, partitions: 1 });
    const ledger = new InMemoryLaneLedger();
    const running = await consume(shared, ledger);
    open.push(running, shared);
    await publish(shared, '0', '1');
    await eventually(async () => (await ledger.marks())[0]?.next === '2');
    const admin = new Kafka({ clientId: 'x', brokers: testBrokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [`${topicPrefix}notes`] });
    await admin.disconnect();
    await eventually(async () => (await ledger.marks())[0]?.next === '0', 20_000);
    expect(running.issues()).toMatchObject([{ kind: 'topic-lost', topic: 'notes' }]);
    const own = testKafka({ brokers: testBrokers, topicPrefix });
    expect(await own.describeTopics(['notes'])).toMatchObject([{ retentionMs: 3_600_000 }]);
    await own.close();
    await publish(shared, 'after');
    await eventually(() => taken.includes('after'), 30_000);
  });

  it('F71: a copy of the database from after a topic was made again knows how far the new log was handled', async () => {
    const ledger = new InMemoryLaneLedger();
    const running = await consume(broker, ledger);
    await publish(broker, '0', '1', '2', '3');
    await eventually(async () => (await ledger.marks())[0]?.next === '4');
    const admin = new Kafka({ clientId: 'x', brokers: [kafka.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: ['notes'] });
    await admin.createTopics({ topics: [{ topic: 'notes', numPartitions: 1 }] });
    await admin.disconnect();
    await publish(broker, 'a');
    await eventually(async () => (await ledger.marks())[0]?.next === '1', 30_000);
    const copy = new InMemoryLaneLedger('test', await ledger.marks());
    await publish(broker, 'b', 'c');
    await eventually(async () => (await ledger.marks())[0]?.next === '3');
    await running.close();
    taken.length = 0;
    const restored = await consume(broker, copy);
    open.push(restored);
    await eventually(() => taken.includes('c'));
    expect(taken).toEqual(['b', 'c']);
    expect(restored.issues()).toMatchObject([{ kind: 'skipped', first: '1', next: '3' }]);
  });

  it('F71: a log that was replaced while nobody looked is read from its beginning: who acknowledged it nobody knows', async () => {
    const ledger = new InMemoryLaneLedger();
    const first = await consume(broker, ledger);
    await publish(broker, 'a', 'b');
    await eventually(async () => (await ledger.marks())[0]?.next === '2');
    await first.close();
    taken.length = 0;
    const older = new InMemoryLaneLedger('test', [{ topic: 'notes', partition: 0, next: '9' }]); // of the log before
    open.push(await consume(broker, older));
    await eventually(() => taken.includes('b'));
    expect(taken).toEqual(['a', 'b']);
  });

  it('F70: a topic that is replaced while a record of it is handled: that record gives the new log no position', async () => {
    const ledger = new InMemoryLaneLedger();
    const running = await consume(broker, ledger);
    await publish(broker, '0', '1');
    await eventually(async () => (await ledger.marks())[0]?.next === '2');
    let handOver = (): void => {};
    blocked = new Promise((resolve) => (handOver = resolve));
    await publish(broker, '2');
    await eventually(() => taken.includes('2'));
    const admin = new Kafka({ clientId: 'x', brokers: [kafka.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: ['notes'] });
    await admin.createTopics({ topics: [{ topic: 'notes', numPartitions: 1 }] });
    const position = async () =>
      (await admin.fetchOffsets({ groupId: 'g', topics: ['notes'] }))[0]?.partitions[0]?.offset;
    expect(await position()).toBe('-1');
    handOver();
    await running.close(); // commits what is done
    expect(await position()).toBe('-1');
    await admin.disconnect();
    await publish(broker, 'a', 'b', 'c', 'd');
    const again = await consume(broker, ledger);
    open.push(again);
    await eventually(() => taken.includes('d'));
    expect(taken).toEqual(['0', '1', '2', 'a', 'b', 'c', 'd']);
  });

  it('F70: a topic that is replaced and written to at once, while it runs: nothing of the new log is passed over', async () => {
    const ledger = new InMemoryLaneLedger();
    open.push(await consume(broker, ledger));
    await publish(broker, '0', '1');
    await eventually(async () => (await ledger.marks())[0]?.next === '2');
    const admin = new Kafka({ clientId: 'x', brokers: [kafka.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: ['notes'] });
    await admin.createTopics({ topics: [{ topic: 'notes', numPartitions: 1 }] });
    await admin.disconnect();
    await publish(broker, 'a', 'b', 'c', 'd');
    await eventually(() => taken.includes('d'));
    expect(taken).toEqual(['0', '1', 'a', 'b', 'c', 'd']);
  });

  it('a database that was restored reads again what it has forgotten; one that was created again is refused', async () => {
    const ledger = new InMemoryLaneLedger();
    const first = await consume(broker, ledger);
    await publish(broker, '0', '1');
    await eventually(async () => (await ledger.marks())[0]?.next === '2');
    const backup = new InMemoryLaneLedger('test', await ledger.marks());
    await publish(broker, '2', '3');
    await eventually(async () => (await ledger.marks())[0]?.next === '4');
    await first.close();
    taken.length = 0;
    const restored = await consume(broker, backup);
    await eventually(() => taken.length === 2);
    expect(taken).toEqual(['2', '3']);
    await restored.close();
    const again = await consume(broker, new InMemoryLaneLedger('made again'));
    open.push(again);
    expect(again.issues()).toMatchObject([{ kind: 'foreign', owner: 'test' }]);
  });
});
