import { randomUUID } from 'node:crypto';

import { Kafka, logLevel } from 'kafkajs';

import { DEFAULT_QUEUE_LIMITS } from '../consumer/delivery-queue.js';
import { HandlerRegistry } from '../consumer/handler-registry.js';
import { MessageEngine } from '../consumer/message-engine.js';
import type { ReceivedMessage } from '../received-message.js';
import { eventually } from '../testing/eventually.js';
import { InMemoryFailureStore } from '../testing/in-memory-failure-store.js';
import { InMemoryInbox } from '../testing/in-memory-inbox.js';
import { InMemoryUnitOfWork } from '../testing/in-memory-unit-of-work.js';
import type { InMemoryTransaction } from '../testing/in-memory-unit-of-work.js';
import { noteContract, noteRecord } from '../testing/test-contract.js';
import type { Note } from '../testing/test-contract.js';
import { KafkaBroker } from './kafka-broker.js';

jest.setTimeout(120_000);

const notes = noteContract('notes');
const log = { error: () => {}, warn: () => {}, debug: () => {} };
const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');

describe('the engine on Kafka', () => {
  let prefix: string;
  const open: KafkaBroker[] = [];
  const inbox = new InMemoryInbox();
  const handled: string[] = [];

  beforeEach(() => {
    prefix = `e${randomUUID().slice(0, 8)}.`;
    handled.length = 0;
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((broker) => broker.close()));
  });

  async function connect(sessionTimeoutMs = 10_000) {
    const broker = new KafkaBroker(
      { brokers, clientId: 'test', topicPrefix: prefix, topicPartitions: 4, sessionTimeoutMs },
      log,
    );
    open.push(broker);
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    return broker;
  }

  async function consume(broker: KafkaBroker, call?: (message: ReceivedMessage<Note>) => Promise<void>) {
    const take = (messages: readonly ReceivedMessage<Note>[], tx: InMemoryTransaction) => {
      for (const { key, data } of messages) tx.onCommit(() => handled.push(`${key} ${data.text}`));
    };
    const engine = new MessageEngine<InMemoryTransaction>({
      unitOfWork: new InMemoryUnitOfWork(),
      inbox,
      failures: new InMemoryFailureStore(),
      group: 'g',
      registry: new HandlerRegistry(
        [
          {
            definition: { kind: call ? 'outside-call' : 'batch', contract: notes, options: {}, name: 'Notes.take' },
            policy: { immediateAttempts: 3, delayedAttempts: 1, baseDelayMs: 10, maxDelayMs: 10 },
            invoke: async (_, { messages, tx }) => {
              const own = messages as readonly ReceivedMessage<Note>[];
              if (!call) return take(own, tx as InMemoryTransaction);
              return {
                calls: own.map((message) => () => call(message)),
                conclude: async (called: readonly { readonly message: ReceivedMessage<Note> }[], at: unknown) =>
                  take(
                    called.map(({ message }) => message),
                    at as InMemoryTransaction,
                  ),
              };
            },
          },
        ],
        [{ name: 'notes', kind: 'event' }],
      ),
      calls: { timeoutMs: 60_000, maxConcurrent: 100 },
      queue: DEFAULT_QUEUE_LIMITS,
      maxBatch: 500,
      observer: {},
    });
    await engine.start(broker);
    return engine;
  }

  async function lag(): Promise<number> {
    const admin = new Kafka({ clientId: 'lag', brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const topic = `${prefix}notes`;
    const ends = await admin.fetchTopicOffsets(topic);
    const [committed] = await admin.fetchOffsets({ groupId: `${prefix}g`, topics: [topic] });
    await admin.disconnect();
    return ends.reduce((sum, { partition, high }) => {
      const own = committed?.partitions.find((entry) => entry.partition === partition)?.offset ?? '-1';
      return sum + Number(high) - Math.max(Number(own), 0);
    }, 0);
  }

  it('F34: loses nothing, doubles nothing and keeps the order of keys while consumers come and go under load', async () => {
    const broker = await connect();
    const first = await consume(broker);
    const publisher = await broker.createPublisher();
    const total = 3_000;
    const publishing = (async () => {
      for (let from = 0; from < total; from += 100) {
        const batch = Array.from({ length: 100 }, (_, step) => noteRecord(notes, `k${step % 20}`, String(from + step)));
        await publisher.publish(batch);
      }
    })();
    const second = await consume(await connect());
    await publishing;
    const third = await consume(await connect());
    await second.drain(5_000);
    await eventually(() => handled.length >= total, 60_000);
    await eventually(async () => (await lag()) === 0, 30_000);
    expect(new Set(handled).size).toBe(total);
    expect(handled).toHaveLength(total);
    for (let key = 0; key < 20; key += 1) {
      const own = handled.filter((entry) => entry.startsWith(`k${key} `)).map((entry) => Number(entry.split(' ')[1]));
      expect(own).toEqual(own.toSorted((a, b) => a - b));
    }
    await Promise.all([first.drain(5_000), third.drain(5_000)]);
  });

  it('F47: a call longer than the session timeout costs neither the membership nor a second call', async () => {
    const broker = await connect(6_000);
    const calls: string[] = [];
    const engine = await consume(broker, async ({ data }) => {
      calls.push(data.text);
      if (data.text === 'slow') await new Promise((resolve) => setTimeout(resolve, 9_000));
    });
    const publisher = await broker.createPublisher();
    await publisher.publish([noteRecord(notes, 'a', 'slow'), noteRecord(notes, 'a', 'behind')]);
    await eventually(() => calls.includes('slow'));
    const startedAt = Date.now();
    await publisher.publish(Array.from({ length: 20 }, (_, index) => noteRecord(notes, `k${index}`, 'quick')));
    await eventually(() => handled.length === 20, 5_000);
    expect(Date.now() - startedAt).toBeLessThan(4_000);
    await eventually(() => handled.length === 22, 20_000);
    expect(calls.filter((text) => text === 'slow')).toHaveLength(1);
    expect(engine.health().healthy).toBe(true);
    await eventually(async () => (await lag()) === 0);
    await engine.drain(5_000);
  });

  it('F48: handles what is published to partitions that are added while it runs', async () => {
    const broker = await connect();
    const engine = await consume(broker);
    const admin = new Kafka({ clientId: 'grow', brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const grown = await admin.createPartitions({ topicPartitions: [{ topic: `${prefix}notes`, count: 8 }] }).then(
      () => true,
      () => false, // a broker that can't add partitions has nothing to get wrong here
    );
    await admin.disconnect();
    const publisher = await broker.createPublisher();
    await publisher.publish(Array.from({ length: 200 }, (_, index) => noteRecord(notes, `k${index}`, 'x')));
    await eventually(() => handled.length === 200, grown ? 90_000 : 10_000);
    await engine.drain(5_000);
  });

  it('F60: consumes what a transactional producer wrote, passes over its control records, and has no lag left', async () => {
    const broker = await connect();
    const engine = await consume(broker);
    const producer = new Kafka({ clientId: 'tx', brokers, logLevel: logLevel.NOTHING }).producer({
      transactionalId: randomUUID(),
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const begun = await producer.transaction().catch(() => undefined);
    if (begun === undefined) {
      // The embedded broker takes no transactional producers, so it has no control records; Apache Kafka does and has.
      await producer.disconnect();
      await engine.drain(5_000);
      return;
    }
    await begun.abort();
    const send = async (end: 'commit' | 'abort', text: string) => {
      const transaction = await producer.transaction();
      const { key, value, headers } = noteRecord(notes, 'k', text);
      await transaction.send({ topic: `${prefix}notes`, messages: [{ key, value, headers: { ...headers } }] });
      await transaction[end]();
    };
    await send('commit', 'kept');
    await send('abort', 'dropped');
    await producer.disconnect();
    await eventually(() => handled.length === 1, 20_000);
    await eventually(async () => (await lag()) === 0, 20_000);
    expect(handled).toEqual(['k kept']);
    await engine.drain(5_000);
  });
});
