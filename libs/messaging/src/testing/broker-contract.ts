import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Broker, BrokerRecord, Lane, LanePosition, RecordToPublish, SubscriptionListener } from '../broker.js';
import { headerValues } from '../codec/header-values.js';
import { eventually } from './eventually.js';

class Recorder implements SubscriptionListener {
  readonly records: BrokerRecord[] = [];
  lanes: readonly Lane[] = [];
  assignments = 0;
  healthy = false;

  onRecords(_lane: Lane, records: readonly BrokerRecord[]): void {
    this.records.push(...records);
  }

  onAssigned(lanes: readonly Lane[]): void {
    this.lanes = lanes;
    this.assignments += 1;
  }

  onHealth(healthy: boolean): void {
    this.healthy = healthy;
  }

  values(): string[] {
    return this.records.map(({ value }) => value?.toString() ?? '');
  }

  positions(): LanePosition[] {
    const next = new Map<string, LanePosition>();
    for (const { topic, partition, position } of this.records) {
      next.set(`${topic} ${partition}`, { topic, partition, next: String(Number(position) + 1) });
    }
    return [...next.values()];
  }
}

/** What every {@link Broker} adapter promises; run it on yours. `create` gives a fresh connection to the same broker. */
export function brokerContract(name: string, create: () => Promise<Broker> | Broker): void {
  describe(`${name} keeps the contract of a broker`, () => {
    let broker: Broker;
    let topic: string;
    let group: string;

    beforeEach(async () => {
      broker = await create();
      topic = `contract-${randomUUID()}`;
      group = `group-${randomUUID()}`;
      await broker.ensureTopics([{ name: topic, kind: 'event' }]);
    });

    afterEach(async () => broker.close());

    const record = (
      key: string | null,
      value: string | null,
      more: Partial<RecordToPublish> = {},
    ): RecordToPublish => ({
      topic,
      key: key === null ? null : Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
      headers: {},
      ...more,
    });

    async function publish(...records: readonly RecordToPublish[]) {
      const publisher = await broker.createPublisher();
      const outcomes = await publisher.publish(records);
      await publisher.close();
      return outcomes;
    }

    async function subscribe(): Promise<Recorder & { close(): Promise<void>; acknowledgeAll(): Promise<void> }> {
      const recorder = new Recorder();
      const subscription = await broker.subscribe({ group, topics: [topic] }, recorder);
      return Object.assign(recorder, {
        close: () => subscription.close(),
        acknowledgeAll: () => subscription.acknowledge(recorder.positions()),
      });
    }

    it('creates a topic once, however often and from however many sides it is asked to', async () => {
      const spec = { name: `twice-${topic}`, kind: 'event' as const };
      await Promise.all([broker.ensureTopics([spec]), broker.ensureTopics([spec])]);
      await expect(publish(record('k', 'v', { topic: spec.name }))).resolves.toEqual([{ ok: true }]);
    });

    it('tells how long a topic keeps its records, and the largest that it takes', async () => {
      const specs = [
        { name: `days-${topic}`, kind: 'event' as const, retentionMs: 86_400_000 },
        { name: `ever-${topic}`, kind: 'event' as const, retentionMs: -1 },
      ];
      await broker.ensureTopics(specs);
      const described = await broker.describeTopics(specs.map(({ name }) => name));
      expect(described.map((limits) => [limits.topic, limits.retentionMs])).toEqual([
        [`days-${topic}`, 86_400_000],
        [`ever-${topic}`, Infinity],
      ]);
      for (const { maxMessageBytes, segmentMs } of described) {
        expect(maxMessageBytes).toBeGreaterThan(1_000_000);
        expect(segmentMs).toBeGreaterThan(0);
      }
    });

    it('F48: delivers to a new group what was published before it first joined', async () => {
      await publish(record('a', '1'), record('b', '2'));
      const subscriber = await subscribe();
      await eventually(() => subscriber.records.length === 2);
      expect(subscriber.values().sort()).toEqual(['1', '2']);
    });

    it('F79 keeps bytes, null key, null value and headers as they are', async () => {
      const bytes = Buffer.from([0, 255, 1]);
      await publish(
        { topic, key: bytes, value: bytes, headers: { a: 'x', b: bytes, c: ['1', bytes, '1'] } },
        record(null, null),
      );
      const subscriber = await subscribe();
      await eventually(() => subscriber.records.length === 2);
      const [keyed] = subscriber.records.filter(({ key }) => key !== null);
      const [bare] = subscriber.records.filter(({ key }) => key === null);
      expect(keyed).toMatchObject({ key: bytes, value: bytes });
      expect([String(keyed?.headers['a']), keyed?.headers['b']]).toEqual(['x', bytes]);
      const repeated = headerValues(keyed?.headers ?? {}, 'c').map((value) => Buffer.from(value)); // F79
      expect(repeated).toEqual([Buffer.from('1'), bytes, Buffer.from('1')]);
      expect(bare).toMatchObject({ key: null, value: null });
      expect(Math.abs((bare?.timestampMs ?? 0) - Date.now())).toBeLessThan(60_000);
    });

    it('keeps the order of a key within a call and from call to call', async () => {
      const keys = ['a', 'b', 'c', 'd', 'e'];
      for (let call = 0; call < 4; call += 1) {
        await publish(...[0, 1, 2].flatMap((step) => keys.map((key) => record(key, `${key}${call * 3 + step}`))));
      }
      const subscriber = await subscribe();
      await eventually(() => subscriber.records.length === 60);
      for (const key of keys) {
        const own = subscriber.values().filter((value) => value.startsWith(key));
        expect(own).toEqual(Array.from({ length: 12 }, (_, index) => `${key}${index}`));
      }
    });

    it('delivers again from the acknowledged position on', async () => {
      await publish(record('a', '1'), record('a', '2'));
      const first = await subscribe();
      await eventually(() => first.records.length === 2);
      await first.acknowledgeAll();
      await publish(record('a', '3'));
      await eventually(() => first.records.length === 3);
      await first.close();
      const second = await subscribe();
      await eventually(() => second.records.length === 1);
      expect(second.values()).toEqual(['3']);
    });

    it('holds the furthest of positions that are acknowledged while an earlier one is still being written down', async () => {
      await publish(...['1', '2', '3'].map((value) => record('a', value)));
      const recorder = new Recorder();
      const [written, committed]: [string[], string[]] = [[], []];
      const beforeCommit = async ([position]: readonly LanePosition[]): Promise<void> => {
        written.push(position?.next ?? '');
        if (written.length === 1) await sleep(300); // the first takes the longest
      };
      const onCommitted = ([position]: readonly LanePosition[]): void => void committed.push(position?.next ?? '');
      const options = { group, topics: [topic], beforeCommit, onCommitted };
      const subscription = await broker.subscribe(options, recorder);
      await eventually(() => recorder.records.length === 3);
      const acknowledged = recorder.records.map(({ partition, position }) =>
        subscription.acknowledge([{ topic, partition, next: String(BigInt(position) + 1n) }]),
      );
      await Promise.all(acknowledged);
      await eventually(() => committed.at(-1) === recorder.positions()[0]?.next);
      expect(committed).toEqual(committed.toSorted((a, b) => Number(a) - Number(b)));
      expect(written).toEqual(expect.arrayContaining(committed));
      await subscription.close();
    });

    it('deals the lanes out among the members of a group, each to one', async () => {
      const one = await subscribe();
      const total = one.lanes.length;
      expect(total).toBeGreaterThan(1);
      const two = await subscribe();
      await eventually(() => one.lanes.length + two.lanes.length === total && two.lanes.length > 0, 20_000);
      await two.close();
      await eventually(() => one.lanes.length === total, 20_000);
    });

    it('tells how far a group is behind: all before it first joins, nothing once it has acknowledged', async () => {
      await publish(record('a', '1'), record('b', '2'), record('c', '3'));
      const reader = broker.createLagReader({ group, topics: [topic] });
      const behind = async () => (await reader.read()).reduce((sum, { messages }) => sum + messages, 0);
      expect(await behind()).toBe(3);
      const subscriber = await subscribe();
      await eventually(() => subscriber.records.length === 3);
      expect(await behind()).toBe(3);
      await subscriber.acknowledgeAll();
      await eventually(async () => (await behind()) === 0);
      await publish(record('a', '4'));
      expect(await behind()).toBe(1);
      const lanes = await reader.read();
      const [lane] = lanes.filter(({ messages }) => messages > 0);
      expect(lane).toMatchObject({ partition: broker.partitionOf(Buffer.from('a'), lanes.length) });
      expect(lanes.map(({ topic: name }) => name)).toEqual(subscriber.lanes.map(() => topic));
      expect(
        lanes.every(({ ageMs, first, next, end }) => ageMs < 60_000 && first === '0' && (next ?? end) <= end),
      ).toBe(true);
      await reader.close();
    });

    it('dates the oldest record that waits, and none where nothing waits', async () => {
      const reader = broker.createLagReader({ group, topics: [topic] });
      const oldest = async () => Math.max(...(await reader.read()).map(({ ageMs }) => ageMs));
      await publish(record('a', '1'));
      expect(await oldest()).toBeLessThan(5_000);
      await eventually(async () => (await oldest()) > 100);
      const subscriber = await subscribe();
      await eventually(() => subscriber.records.length === 1);
      await subscriber.acknowledgeAll();
      await eventually(async () => (await oldest()) === 0);
      await reader.close();
    });

    it('delivers nothing of a paused lane until it is resumed', async () => {
      const recorder = new Recorder();
      const subscription = await broker.subscribe({ group, topics: [topic] }, recorder);
      await publish(record('a', '1'));
      await eventually(() => recorder.records.length === 1);
      const [first] = recorder.records;
      const lane = { topic, partition: first?.partition ?? 0 };
      subscription.pause(lane);
      const other = recorder.lanes.find(({ partition }) => partition !== lane.partition);
      const others = Array.from({ length: 40 }, (_, index) => record(`k${index}`, 'other'));
      await publish(record('a', '2'), ...others);
      await eventually(() => recorder.records.some(({ partition }) => partition === other?.partition));
      expect(recorder.values()).not.toContain('2');
      subscription.resume(lane);
      await eventually(() => recorder.values().includes('2'));
    });

    it('says which topic a record failed on, and publishes those of the others', async () => {
      const outcomes = await publish(
        record('a', '1'),
        record('a', 'lost', { topic: `missing-${topic}` }),
        record('a', '2'),
      );
      expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
      const subscriber = await subscribe();
      await eventually(() => subscriber.values().includes('2'));
      expect(subscriber.values()[0]).toBe('1');
    });
  });
}
