import { rmSync } from 'node:fs';

import { bundleProcess } from '@waybill/embedded/testing';
import type { Broker } from '@waybill/messaging';
import { eventually } from '@waybill/messaging/testing';

import { joinGroup } from './testing/join-group.js';
import { MemberChild } from './testing/member-child.js';
import type { Handled } from './testing/member-child.js';
import { describeOnNats, NATS_URL, removeTestStreams, testNats, testPrefix } from './testing/test-nats.js';

jest.setTimeout(120_000);

const KEYS = 30;
const partitions = 4;
const settings = { url: NATS_URL, topic: 'notes', partitions, sessionTimeoutMs: 1_500 };

describeOnNats('members of a group in processes of their own', () => {
  let bundle: string;
  let topicPrefix: string;
  let broker: Broker;
  let log: Handled[];
  let children: MemberChild[];
  let published: number;

  beforeAll(async () => {
    bundle = await bundleProcess('libs/nats/src/testing/member-process.ts');
  });

  beforeEach(async () => {
    topicPrefix = testPrefix();
    broker = testNats({ topicPrefix, partitions });
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
    log = [];
    children = [];
    published = 0;
  });

  afterEach(async () => {
    await Promise.all(children.map((child) => child.kill()));
    await broker.close();
  });

  afterAll(async () => {
    rmSync(bundle, { force: true });
    await removeTestStreams();
  });

  function start(): MemberChild {
    const child = new MemberChild(bundle, { ...settings, topicPrefix }, log);
    children.push(child);
    return child;
  }

  /** The next number of every key. */
  async function publish(): Promise<void> {
    const publisher = await broker.createPublisher();
    const value = Buffer.from(String(published++));
    const records = Array.from({ length: KEYS }, (_, n) => ({
      topic: 'notes',
      key: Buffer.from(`k${n}`),
      value,
      headers: {},
    }));
    expect((await publisher.publish(records)).filter(({ ok }) => !ok)).toEqual([]);
    await publisher.close();
  }

  const isAllHandled = () => new Set(log.map(({ key, value }) => `${key} ${value}`)).size === KEYS * published;

  async function isAllAcknowledged(): Promise<boolean> {
    const reader = broker.createLagReader({ group: 'g', topics: ['notes'] });
    const lanes = await reader.read();
    await reader.close();
    return lanes.every(({ messages }) => messages === 0);
  }

  /** Nothing of a key first appears before what was published before it, whoever has handled it. */
  function expectOrder(): void {
    for (let n = 0; n < KEYS; n += 1) {
      const own = log.filter(({ key }) => key === `k${n}`).map(({ value }) => Number(value));
      const firsts = [...new Set(own)];
      expect(firsts).toEqual(Array.from({ length: published }, (_, index) => index));
    }
  }

  async function share(...members: readonly MemberChild[]): Promise<void> {
    await eventually(() => {
      const lanes = members.flatMap((member) => member.lanes);
      return (
        lanes.length === partitions &&
        new Set(lanes).size === partitions &&
        members.every((one) => one.lanes.length > 0)
      );
    }, 30_000);
  }

  it('F34: lose nothing, and keep the order of keys, while one is killed and others come and go under load', async () => {
    const [first, second] = [start(), start()];
    await share(first, second);
    const publishing = (async () => {
      for (let round = 0; round < 30; round += 1) await publish();
    })();
    await eventually(() => second.handled.length > 50, 30_000);
    await second.kill();
    const third = start();
    await share(first, third);
    await publishing;
    await publish();
    await first.stop(); // its lanes are handed over, not waited for
    await share(third);
    await eventually(isAllHandled, 60_000);
    await eventually(isAllAcknowledged, 30_000);
    expectOrder();
    const repeated = log.length - KEYS * published;
    expect(repeated).toBeLessThan(log.length / 2); // what was acknowledged isn't all read again
  });

  it('F34: a member that stood still for longer than its session moves no position when it wakes up, and joins again', async () => {
    const [first, second] = [start(), start()];
    await share(first, second);
    for (let round = 0; round < 3; round += 1) await publish();
    await eventually(() => first.handled.length > 0 && second.handled.length > 0, 30_000);
    second.signal('SIGSTOP');
    await eventually(() => first.lanes.length === partitions, 30_000);
    for (let round = 0; round < 3; round += 1) await publish();
    await eventually(isAllHandled, 30_000);
    await eventually(isAllAcknowledged, 30_000);
    second.signal('SIGCONT');
    await share(first, second);
    expect(await isAllAcknowledged()).toBe(true); // nothing was set back
    await publish();
    await eventually(isAllHandled, 30_000);
    await eventually(isAllAcknowledged, 30_000);
    expectOrder();
  });

  it('are waited for no longer than two sessions where all of them were killed', async () => {
    const only = start();
    await share(only);
    await publish();
    await eventually(isAllAcknowledged, 30_000);
    await only.kill();
    await publish();
    const next = await joinGroup(broker, { topics: ['notes'] });
    await eventually(() => next.records.length === KEYS, 30_000);
    expect(new Set(next.values())).toEqual(new Set(['1']));
  });
});
