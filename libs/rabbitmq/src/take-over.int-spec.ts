import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';

import { bundleProcess, TcpProxy } from '@waybill/embedded/testing';
import type { Broker } from '@waybill/messaging';
import { ContractMember, eventually } from '@waybill/messaging/testing';

import { Connector } from './connection.js';
import { Lease } from './lease.js';
import { Names } from './names.js';
import { settingsOf } from './rabbit-options.js';
import { describeOnRabbit, rabbitUrl, TestRabbit } from './testing/test-rabbit.js';

jest.setTimeout(120_000);

const group = { group: 'g', topics: ['notes'] };

describeOnRabbit('a consumer that is gone', () => {
  let rabbit: TestRabbit;
  let broker: Broker;

  beforeEach(async () => {
    rabbit = new TestRabbit();
    broker = rabbit.broker({ partitions: 4 });
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
  });

  afterEach(() => rabbit.remove());

  async function publish(from: number, to: number): Promise<void> {
    const publisher = await broker.createPublisher();
    const records = Array.from({ length: to - from }, (_, index) => ({
      topic: 'notes',
      key: Buffer.from(`k${(from + index) % 20}`),
      value: Buffer.from(String(from + index)),
      headers: {},
    }));
    expect(new Set((await publisher.publish(records)).map(({ ok }) => ok))).toEqual(new Set([true]));
    await publisher.close();
  }

  describe('killed while it consumes', () => {
    let bundle: string;
    let child: ChildProcess | undefined;

    beforeAll(async () => {
      bundle = await bundleProcess('libs/rabbitmq/src/testing/consuming-process.ts');
    });

    afterAll(() => rmSync(bundle, { force: true }));
    afterEach(() => child?.kill('SIGKILL'));

    it('is followed by another one at once: nothing is lost, and each key keeps its order', async () => {
      const heir = await ContractMember.join(broker, group, (member, records) => member.acknowledge(records));
      const told: { readonly value: string }[] = [];
      const options = { urls: [rabbitUrl], name: 'child', prefix: rabbit.prefix };
      const env = { ...process.env, CONSUMING_PROCESS: JSON.stringify(options) };
      child = fork(bundle, { env, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      child.on('message', (message: (typeof told)[number]) => void told.push(message));
      await eventually(() => heir.lanes.length === 2, 30_000);
      for (let from = 0; from < 3_000; from += 100) {
        if (from === 1_000) await eventually(() => told.length > 100);
        if (from === 1_000) child.kill('SIGKILL');
        await publish(from, from + 100);
      }
      const values = () => [...told.map(({ value }) => value), ...heir.values()].map(Number);
      await eventually(() => new Set(values()).size === 3_000, 60_000);
      const firsts = [...new Set(heir.values())].map(Number);
      for (let key = 0; key < 20; key += 1) {
        const own = firsts.filter((value) => value % 20 === key);
        expect(own).toEqual(own.toSorted((a, b) => a - b));
      }
      await eventually(() => heir.lanes.length === 4);
    });
  });

  it('without a word, as in a partition, loses its lanes to the others, and takes part again once it is back', async () => {
    const proxy = await TcpProxy.start(rabbitUrl);
    const away = await ContractMember.join(rabbit.broker({ urls: [proxy.url], heartbeatSeconds: 1 }), group);
    expect(away.lanes).toHaveLength(4);
    proxy.silence();
    const heir = await ContractMember.join(broker, group);
    await publish(0, 100);
    await eventually(() => new Set(heir.values()).size === 100, 60_000);
    await eventually(() => away.health.at(-1) === false, 30_000);
    expect(away.lanes).toEqual([]);
    proxy.reopen();
    await eventually(() => away.lanes.length === 2 && heir.lanes.length === 2, 30_000);
    await proxy.stop();
  });

  it('had leases that it renewed, so that no handler is too slow for the broker, and that come to one other alone', async () => {
    await ContractMember.join(broker, group).then((member) => member.close()); // declares them
    const proxy = await TcpProxy.start(rabbitUrl);
    const connection = await new Connector(settingsOf({ urls: [proxy.url], name: 'test' })).connect('leases');
    const [lane, names] = [{ topic: 'notes', partition: 0 }, new Names(rabbit.prefix)];
    const held: string[] = [];
    const request = async (name: string): Promise<Lease> => {
      const onGained = (): void => void held.push(name);
      const lease = new Lease({ lane, group: 'g', names, onGained, onLost: () => {}, renewMs: 5 });
      await lease.request(connection);
      return lease;
    };
    const first = await request('first');
    await eventually(() => held.length === 1);
    const others = [await request('second'), await request('third')];
    const before = proxy.bytes;
    await eventually(() => proxy.bytes - before > 20_000); // some hundred tokens
    expect(held).toEqual(['first']);
    await first.release();
    await eventually(() => held.length === 2);
    expect(held).toEqual(['first', 'second']);
    await Promise.all(others.map((other) => other.release()));
    const left = await rabbit.withChannel((channel) => channel.checkQueue(names.lease('g', lane)));
    expect(left.messageCount).toBeLessThan(10); // the newest, and those on their way
    await connection.close();
    await proxy.stop();
  });

  it('is told so, and continues where it was acknowledged, when its connection breaks in mid-flow', async () => {
    const proxy = await TcpProxy.start(rabbitUrl);
    const broken = rabbit.broker({ urls: [proxy.url] });
    const member = await ContractMember.join(broken, group, (self, records) => self.acknowledge(records));
    const publisher = await broken.createPublisher();
    const published: string[] = [];
    for (let call = 0; call < 30; call += 1) {
      if (call % 10 === 5) proxy.cut();
      const records = Array.from({ length: 20 }, (_, key) => ({
        topic: 'notes',
        key: Buffer.from(`k${key}`),
        value: Buffer.from(`${key} ${call}`),
        headers: {},
      }));
      // As the outbox does: what wasn't confirmed is published again before anything else.
      for (let left = records; left.length > 0;) {
        const outcomes = await publisher.publish(left);
        left = left.filter((_, index) => outcomes[index]?.ok !== true);
      }
      published.push(...records.map(({ value }) => String(value)));
    }
    await eventually(() => new Set(member.values()).size === published.length, 60_000);
    const firsts = [...new Set(member.values())];
    for (let key = 0; key < 20; key += 1) {
      const own = firsts.filter((value) => value.startsWith(`${key} `));
      expect(own).toEqual(Array.from({ length: 30 }, (_, call) => `${key} ${call}`));
    }
    expect(member.health).toContain(false);
    await eventually(() => member.health.at(-1) === true);
    await proxy.stop();
  });
});
