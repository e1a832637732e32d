import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { BatchMessageHandler } from '@waybill/messaging';
import type { Broker, MessageContext, ReceivedMessage } from '@waybill/messaging';
import { consumingApp, eventually, InMemoryInbox, noteContract, noteRecord } from '@waybill/messaging/testing';
import type { InMemoryTransaction, Note } from '@waybill/messaging/testing';

import { describeOnNats, removeTestStreams, testNats, testPrefix } from './testing/test-nats.js';

jest.setTimeout(120_000);

const notes = noteContract('notes');
const TOPICS = [{ name: 'notes', kind: 'event' as const }];

describeOnNats('the engine on NATS', () => {
  const topicPrefix = testPrefix();
  const open: Broker[] = [];
  const inbox = new InMemoryInbox();
  const handled: string[] = [];

  afterAll(async () => {
    await Promise.all(open.splice(0).map((broker) => broker.close()));
    await removeTestStreams();
  });

  @Controller()
  class Notes {
    @BatchMessageHandler(notes)
    take(
      @Payload() messages: readonly ReceivedMessage<Note>[],
      @Ctx() { tx }: MessageContext<InMemoryTransaction>,
    ): void {
      for (const { key, data } of messages) tx.onCommit(() => handled.push(`${key} ${data.text}`));
    }
  }

  async function consume() {
    const broker = testNats({ topicPrefix, partitions: 4 });
    open.push(broker);
    await broker.ensureTopics(TOPICS);
    const { app, consumer } = await consumingApp(broker, { group: 'g', topics: TOPICS }, [Notes], [], { inbox });
    await app.startAllMicroservices();
    return { broker, drain: () => app.close(), health: () => consumer.health() };
  }

  it('F34: loses nothing, doubles nothing and keeps the order of keys while consumers come and go under load', async () => {
    const first = await consume();
    const publisher = await first.broker.createPublisher();
    const total = 3_000;
    const publishing = (async () => {
      for (let from = 0; from < total; from += 100) {
        const batch = Array.from({ length: 100 }, (_, step) => noteRecord(notes, `k${step % 20}`, String(from + step)));
        const outcomes = await publisher.publish(batch);
        expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
      }
    })();
    const second = await consume();
    await eventually(() => handled.length > total / 4, 60_000);
    const third = await consume();
    await second.drain();
    await publishing;
    await eventually(() => handled.length >= total, 60_000);
    const reader = first.broker.createLagReader({ group: 'g', topics: ['notes'] });
    await eventually(async () => (await reader.read()).every(({ messages }) => messages === 0), 30_000);
    expect(new Set(handled).size).toBe(total);
    expect(handled).toHaveLength(total);
    for (let key = 0; key < 20; key += 1) {
      const own = handled.filter((entry) => entry.startsWith(`k${key} `)).map((entry) => Number(entry.split(' ')[1]));
      expect(own).toEqual(own.toSorted((a, b) => a - b));
    }
    expect([first, third].map((replica) => replica.health().healthy)).toEqual([true, true]);
    await Promise.all([first.drain(), third.drain()]);
  });
});
