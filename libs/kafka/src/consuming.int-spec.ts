import { randomUUID } from 'node:crypto';

import { Controller } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { BatchMessageHandler, OutsideCallHandler } from '@waybill/messaging';
import type { Broker, MessageContext, OutsideCalls, ReceivedMessage } from '@waybill/messaging';
import { consumingApp, eventually, InMemoryInbox, noteContract, noteRecord } from '@waybill/messaging/testing';
import type { InMemoryTransaction, Note } from '@waybill/messaging/testing';
import { Kafka, logLevel } from 'kafkajs';

import type { KafkaOptions } from './kafka-options.js';
import { toKafka } from './kafkajs/kafkajs-producer.js';
import { testKafka } from './testing/test-kafka.js';

jest.setTimeout(120_000);

const SLOW_CALL_MS = 20_000;

const notes = noteContract('notes');
const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');

describe('the engine on Kafka', () => {
  let prefix: string;
  const open: Broker[] = [];
  const inbox = new InMemoryInbox();
  const handled: string[] = [];

  beforeEach(() => {
    prefix = `e${randomUUID().slice(0, 8)}.`;
    handled.length = 0;
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((broker) => broker.close()));
  });

  async function connect(options: Partial<KafkaOptions> = {}) {
    const broker = testKafka({ brokers, topicPrefix: prefix, partitions: 4, ...options });
    open.push(broker);
    return broker;
  }

  function take(messages: readonly ReceivedMessage<Note>[], tx: InMemoryTransaction): void {
    for (const { key, data } of messages) tx.onCommit(() => handled.push(`${key} ${data.text}`));
  }

  @Controller()
  class Notes {
    @BatchMessageHandler(notes)
    take(
      @Payload() messages: readonly ReceivedMessage<Note>[],
      @Ctx() { tx }: MessageContext<InMemoryTransaction>,
    ): void {
      take(messages, tx);
    }
  }

  /** A controller whose messages are handled once the call is over. */
  function calling(call: (message: ReceivedMessage<Note>) => Promise<void>) {
    @Controller()
    class Calls {
      @OutsideCallHandler(notes)
      async prepare(
        @Payload() messages: readonly ReceivedMessage<Note>[],
      ): Promise<OutsideCalls<void, InMemoryTransaction, Note>> {
        return {
          calls: messages.map((message) => () => call(message)),
          conclude: async (called, tx) =>
            take(
              called.map(({ message }) => message),
              tx,
            ),
        };
      }
    }
    return Calls;
  }

  /** A replica; `assignments()` = how often lanes were dealt out to it, once for each generation. */
  async function consume(broker: Broker, controller: Type = Notes) {
    let assignments = 0;
    const subscribe: Broker['subscribe'] = (options, listener) =>
      broker.subscribe(options, {
        onRecords: (lane, records) => listener.onRecords(lane, records),
        onHealth: (...health) => listener.onHealth(...health),
        onAssigned(lanes) {
          assignments += 1;
          listener.onAssigned(lanes);
        },
      });
    const counting = new Proxy(broker, {
      get(target, name) {
        const value: unknown = name === 'subscribe' ? subscribe : Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value; // its private fields want the broker itself
      },
    });
    const { app, consumer } = await consumingApp(
      counting,
      { group: 'g', topics: [{ name: 'notes', kind: 'event' }], callTimeoutMs: 60_000, drainTimeoutMs: 5_000 },
      [controller],
      [],
      { inbox },
    );
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    await app.startAllMicroservices();
    return { drain: () => app.close(), health: () => consumer.health(), assignments: () => assignments };
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
    await second.drain();
    await eventually(() => handled.length >= total, 60_000);
    await eventually(async () => (await lag()) === 0, 30_000);
    expect(new Set(handled).size).toBe(total);
    expect(handled).toHaveLength(total);
    for (let key = 0; key < 20; key += 1) {
      const own = handled.filter((entry) => entry.startsWith(`k${key} `)).map((entry) => Number(entry.split(' ')[1]));
      expect(own).toEqual(own.toSorted((a, b) => a - b));
    }
    await Promise.all([first.drain(), third.drain()]);
  });

  it('F47: calls of more than three session timeouts on two replicas: no rebalance, one effect each, other keys keep their latency', async () => {
    const replicas = [
      await consume(await connect({ sessionTimeoutMs: 6_000 }), calling(slowly)),
      await consume(await connect({ sessionTimeoutMs: 6_000 }), calling(slowly)),
    ];
    const calls: string[] = [];
    async function slowly({ key, data }: ReceivedMessage<Note>): Promise<void> {
      calls.push(`${key} ${data.text}`);
      if (data.text === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_CALL_MS));
    }
    await eventually(async () => (await members()).length === 2, 30_000);

    const publisher = await (open[0] ?? (await connect())).createPublisher();
    const slow = Array.from({ length: 12 }, (_, index) => `s${index}`); // on every partition, so on both replicas
    await publisher.publish(slow.flatMap((key) => [noteRecord(notes, key, 'slow'), noteRecord(notes, key, 'behind')]));
    await eventually(() => calls.length === slow.length, 60_000);
    const begun = Date.now();
    const generation = { members: await members(), assignments: replicas.map(({ assignments }) => assignments()) };
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
    expect({ members: await members(), assignments: replicas.map(({ assignments }) => assignments()) }).toEqual(
      generation,
    );
    expect(replicas.map((engine) => engine.health().healthy)).toEqual([true, true]);
    await Promise.all(replicas.map((engine) => engine.drain()));
  });

  it('F48: handles what is published to partitions that are added while it runs', async () => {
    const broker = await connect({ metadataMaxAgeMs: 1_000 });
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
    await engine.drain();
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
      await engine.drain();
      return;
    }
    await begun.abort();
    const send = async (end: 'commit' | 'abort', text: string) => {
      const transaction = await producer.transaction();
      const { key, value, headers } = noteRecord(notes, 'k', text);
      await transaction.send({ topic: `${prefix}notes`, messages: [{ key, value, headers: toKafka(headers) }] });
      await transaction[end]();
    };
    await send('commit', 'kept');
    await send('abort', 'dropped');
    await producer.disconnect();
    await eventually(() => handled.length === 1, 20_000);
    await eventually(async () => (await lag()) === 0, 20_000);
    expect(handled).toEqual(['k kept']);
    await engine.drain();
  });
});
