import { setTimeout as sleep } from 'node:timers/promises';

import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { TcpProxy } from '@waybill/embedded/testing';
import { BatchMessageHandler, laneId } from '@waybill/messaging';
import type { Broker, BrokerRecord, MessageContext, ReceivedMessage } from '@waybill/messaging';
import {
  consumingApp,
  ContractMember,
  eventually,
  InMemoryInbox,
  noteContract,
  noteRecord,
} from '@waybill/messaging/testing';
import type { InMemoryTransaction, Note } from '@waybill/messaging/testing';

import { describeOnRabbit, rabbitUrl, TestRabbit } from './testing/test-rabbit.js';

jest.setTimeout(120_000);

const notes = noteContract('notes');

describeOnRabbit('consumers that come and go under load', () => {
  let rabbit: TestRabbit;
  let broker: Broker;

  beforeEach(async () => {
    rabbit = new TestRabbit();
    broker = rabbit.broker({ partitions: 4 });
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
  });

  afterEach(() => rabbit.remove());

  const TOTAL = 2_000;

  async function publishAll(): Promise<void> {
    const publisher = await broker.createPublisher();
    for (let from = 0; from < TOTAL; from += 50) {
      const batch = Array.from({ length: 50 }, (_, step) => noteRecord(notes, `k${step % 20}`, String(from + step)));
      expect((await publisher.publish(batch)).every(({ ok }) => ok)).toBe(true);
    }
  }

  function expectOrder(handled: readonly string[]): void {
    for (let key = 0; key < 20; key += 1) {
      const own = handled.filter((entry) => entry.startsWith(`k${key} `)).map((entry) => Number(entry.split(' ')[1]));
      expect(own).toEqual(own.toSorted((a, b) => a - b));
    }
  }

  it('F34: lose nothing, double nothing and keep the order of keys', async () => {
    const inbox = new InMemoryInbox();
    const handled: string[] = [];

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

    async function consume(): Promise<() => Promise<void>> {
      const { app } = await consumingApp(
        rabbit.broker({ partitions: 4 }),
        { group: 'g', topics: [{ name: 'notes', kind: 'event' }], drainTimeoutMs: 5_000 },
        [Notes],
        [],
        { inbox },
      );
      await app.startAllMicroservices();
      return () => app.close();
    }

    const drainFirst = await consume();
    const publishing = publishAll();
    const drainSecond = await consume();
    await publishing;
    const drainThird = await consume();
    await drainSecond();
    await eventually(() => handled.length >= TOTAL, 60_000);
    const reader = broker.createLagReader({ group: 'g', topics: ['notes'] });
    await eventually(async () => (await reader.read()).every(({ messages }) => messages === 0), 30_000);
    expect(new Set(handled).size).toBe(TOTAL);
    expect(handled).toHaveLength(TOTAL);
    expectOrder(handled);
    await Promise.all([drainFirst(), drainThird()]);
  });

  it('never have a lane at the same time, each with a fair share of them', async () => {
    const members: ContractMember[] = [];
    const overlaps: string[] = [];
    const seen = new Set<string>();
    const firsts: string[] = [];
    // A member that gives up a lane takes its time.
    const options = { group: 'g', topics: ['notes'], beforeCommit: () => sleep(200) };
    const hear = (member: ContractMember, records: readonly BrokerRecord[]): void => {
      for (const record of records) {
        const rivals = members.filter((other) => other !== member && other.has(record));
        if (rivals.length > 0 || !member.has(record)) overlaps.push(`${laneId(record)} ${record.position}`);
        const text = String(record.value);
        const entry = `${String(record.key)} ${text.slice(9, -2)}`; // {"text":"…"}
        if (seen.has(entry)) continue;
        seen.add(entry);
        firsts.push(entry);
      }
      member.acknowledge(records);
    };
    const join = async (): Promise<ContractMember> => {
      const member = await ContractMember.join(rabbit.broker(), options, hear);
      members.push(member);
      return member;
    };
    const shares = () => members.map(({ lanes }) => lanes.length).toSorted((a, b) => a - b);
    await join();
    const publishing = publishAll();
    const second = await join();
    await eventually(() => String(shares()) === '2,2', 30_000);
    await join();
    await eventually(() => String(shares()) === '1,1,2', 30_000);
    await second.close();
    members.splice(members.indexOf(second), 1);
    await eventually(() => String(shares()) === '2,2', 30_000);
    await publishing;
    await eventually(() => firsts.length === TOTAL, 30_000);
    expect(overlaps).toEqual([]);
    expectOrder(firsts);
  });

  it('have a share for each group: what one has read, the other reads, too', async () => {
    const red = await ContractMember.join(broker, { group: 'red', topics: ['notes'] });
    await publishAll();
    await eventually(() => red.records.length === TOTAL, 30_000);
    await red.acknowledgeAll();
    const blue = await ContractMember.join(broker, { group: 'blue', topics: ['notes'] });
    await eventually(() => blue.records.length === TOTAL, 30_000);
    const behind = async (group: string) => {
      const reader = broker.createLagReader({ group, topics: ['notes'] });
      const lanes = await reader.read();
      await reader.close();
      return lanes.reduce((sum, { messages }) => sum + messages, 0);
    };
    await eventually(async () => (await behind('red')) === 0);
    expect(await behind('blue')).toBe(TOTAL);
  });

  it('keep nothing of a lane that is paused, however much of it there is', async () => {
    const large = rabbit.broker({ partitions: 1, prefetch: 20 });
    await large.ensureTopics([{ name: 'large', kind: 'event' }]);
    const publisher = await large.createPublisher();
    for (let call = 0; call < 20; call += 1) {
      const batch = Array.from({ length: 20 }, () => ({
        topic: 'large',
        key: null,
        value: Buffer.alloc(50_000),
        headers: {},
      }));
      await publisher.publish(batch);
    }
    const lane = { topic: 'large', partition: 0 };
    const proxy = await TcpProxy.start(rabbitUrl);
    const slow = await ContractMember.join(
      rabbit.broker({ urls: [proxy.url], prefetch: 20 }),
      { group: 'slow', topics: ['large'] },
      (member) => member.subscription.pause(lane),
    );
    await eventually(() => slow.records.length > 0);
    const quick = await ContractMember.join(large, { group: 'quick', topics: ['large'] });
    await eventually(() => quick.records.length === 400, 60_000);
    expect(slow.records.length).toBeLessThan(100); // the prefetch, and what RabbitMQ stores together
    expect(proxy.bytes).toBeLessThan(100 * 55_000);
    await eventually(() => {
      slow.subscription.resume(lane);
      return slow.records.length >= 400;
    }, 60_000);
    expect(slow.records.map(({ position }) => Number(position))).toEqual(Array.from({ length: 400 }, (_, at) => at));
    await proxy.stop();
  });
});
