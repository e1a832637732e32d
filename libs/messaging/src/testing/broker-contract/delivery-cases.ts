import { setTimeout as sleep } from 'node:timers/promises';

import type { LanePosition } from '../../broker.js';
import { eventually } from '../eventually.js';
import type { BrokerUnderTest } from './broker-under-test.js';
import { positionsBehind } from './contract-member.js';

export function deliveryCases(at: BrokerUnderTest): void {
  it('F48: delivers to a new group what was published before it first joined', async () => {
    await at.publish(at.record('a', '1'), at.record('b', '2'));
    const member = await at.join();
    await eventually(() => member.records.length === 2);
    expect(member.values().sort()).toEqual(['1', '2']);
  });

  it('says that it works once it delivers', async () => {
    const member = await at.join();
    await eventually(() => member.health.at(-1) === true);
    expect(member.lanes.length).toBeGreaterThan(0);
  });

  it('delivers again from the acknowledged position on', async () => {
    await at.publish(...['1', '2', '3'].map((value) => at.record('a', value)));
    const first = await at.join();
    await eventually(() => first.records.length === 3);
    await first.subscription.acknowledge(positionsBehind(first.records.slice(0, 2)));
    await at.publish(at.record('a', '4'));
    await eventually(() => first.records.length === 4);
    await first.close();
    const second = await at.join();
    await eventually(() => second.records.length === 2);
    expect(second.values()).toEqual(['3', '4']);
  });

  it('holds the furthest of positions that are acknowledged while an earlier one is still being written down', async () => {
    await at.publish(...['1', '2', '3'].map((value) => at.record('a', value)));
    const [written, committed]: [string[], string[]] = [[], []];
    const beforeCommit = async ([position]: readonly LanePosition[]): Promise<void> => {
      written.push(position?.next ?? '');
      if (written.length === 1) await sleep(300); // the first takes the longest
    };
    const onCommitted = ([position]: readonly LanePosition[]): void => void committed.push(position?.next ?? '');
    const { records, subscription } = await at.join({ beforeCommit, onCommitted });
    await eventually(() => records.length === 3);
    await Promise.all(records.map((record) => subscription.acknowledge(positionsBehind([record]))));
    await eventually(() => committed.at(-1) === positionsBehind(records)[0]?.next);
    expect(committed).toEqual(committed.toSorted((a, b) => Number(a) - Number(b)));
    expect(written).toEqual(expect.arrayContaining(committed));
    await subscription.close();
  });

  it('hands positions over once they can be written down, whatever failed before', async () => {
    await at.publish(at.record('a', '1'));
    let failures = 0;
    const beforeCommit = async (): Promise<void> => {
      failures += 1;
      if (failures < 3) throw new Error('the database is away');
    };
    const member = await at.join({ beforeCommit });
    await eventually(() => member.records.length === 1);
    await member.acknowledgeAll();
    const reader = at.broker.createLagReader({ group: at.group, topics: [at.topic] });
    await eventually(async () => (await reader.read()).every(({ messages }) => messages === 0), 30_000);
    await reader.close();
  });

  it('begins where it is told to, whatever was acknowledged', async () => {
    await at.publish(at.record('a', '1'), at.record('a', '2'));
    const first = await at.join();
    await eventually(() => first.records.length === 2);
    await first.acknowledgeAll();
    await first.close();
    const [record] = first.records;
    const told = {
      startAt: ({ partition }: { partition: number }) => (partition === record?.partition ? '1' : undefined),
    };
    const second = await at.join(told);
    await eventually(() => second.records.length === 1);
    expect(second.values()).toEqual(['2']);
  });

  it('delivers nothing of a paused lane until it is resumed', async () => {
    const member = await at.join();
    await at.publish(at.record('a', '1'));
    await eventually(() => member.records.length === 1);
    const [first] = member.records;
    const lane = { topic: at.topic, partition: first?.partition ?? 0 };
    member.subscription.pause(lane);
    const other = member.lanes.find(({ partition }) => partition !== lane.partition);
    const others = Array.from({ length: 40 }, (_, index) => at.record(`k${index}`, 'other'));
    await at.publish(at.record('a', '2'), ...others);
    await eventually(() => member.records.some(({ partition }) => partition === other?.partition));
    expect(member.values()).not.toContain('2');
    member.subscription.resume(lane);
    await eventually(() => member.values().includes('2'));
  });
}
