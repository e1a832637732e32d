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

const SLOW_CALL_MS = 20_000;

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

  /** Ids that the members of the group have, sorted: a member that lost its session comes back with another. */
  async function members(): Promise<readonly string[]> {
    const admin = new Kafka({ clientId: 'members', brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const { groups } = await admin.describeGroups([`${prefix}g`]);
    await admin.disconnect();
    const [group] = groups;
    return group?.state === 'Stable' ? group.members.map(({ memberId }) => memberId).toSorted() : [];
  }

  /** How often the lanes have been dealt out anew: with every generation. */
  function countAssignments(engine: MessageEngine<InMemoryTransaction>): () => number {
    let count = 0;
    const assigned = engine.onAssigned.bind(engine);
    engine.onAssigned = (...lanes) => {
      count += 1;
      assigned(...lanes);
    };
    return () => count;
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

  it('F47: calls of more than three session timeouts on two replicas: no rebalance, one effect each, other keys keep their latency', async () => {
    const replicas = [await consume(await connect(6_000), slowly), await consume(await connect(6_000), slowly)];
    const calls: string[] = [];
    async function slowly({ key, data }: ReceivedMessage<Note>): Promise<void> {
      calls.push(`${key} ${data.text}`);
      if (data.text === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_CALL_MS));
    }
    const assignments = replicas.map(countAssignments);
    await eventually(async () => (await members()).length === 2, 30_000);

    const publisher = await (open[0] ?? (await connect())).createPublisher();
    const slow = Array.from({ length: 12 }, (_, index) => `s${index}`); // on every partition, so on both replicas
    await publisher.publish(slow.flatMap((key) => [noteRecord(notes, key, 'slow'), noteRecord(notes, key, 'behind')]));
    await eventually(() => calls.length === slow.length, 60_000);
    const begun = Date.now();
    const generation = { members: await members(), assignments: assignments.map((count) => count()) };
    const latencies: number[] = [];
    while (Date.now() - begun < SLOW_CALL_MS - 4_000) {
      const from = handled.length;
      const startedAt = Date.now();
      await publisher.publish(Array.from({ length: 20 }, (_, index) => noteRecord(notes, `k${index}`, `${startedAt}`)));
      await eventually(() => handled.length === from + 20, 10_000);
      latencies.push(Date.now() - startedAt);
      await new Promise((resolve) => setTimeout(resolve, 250)); // a load, not a wait
    }
    expect(handled.some((entry) => entry.startsWith('s'))).toBe(false); // all of it happened beside the slow calls
    expect(latencies.toSorted((x, y) => x - y)[Math.floor(latencies.length / 2)]).toBeLessThan(SLOW_CALL_MS / 5);

    await eventually(() => handled.filter((entry) => entry.startsWith('s')).length === 2 * slow.length, 30_000);
    await eventually(async () => (await lag()) === 0, 20_000);
    for (const key of slow) {
      expect(calls.filter((entry) => entry === `${key} slow`)).toHaveLength(1);
      expect(handled.filter((entry) => entry.startsWith(`${key} `))).toEqual([`${key} slow`, `${key} behind`]);
    }
    expect({ members: await members(), assignments: assignments.map((count) => count()) }).toEqual(generation);
    expect(replicas.map((engine) => engine.health().healthy)).toEqual([true, true]);
    await Promise.all(replicas.map((engine) => engine.drain(5_000)));
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
