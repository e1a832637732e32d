import { eventually } from '../eventually.js';
import type { BrokerUnderTest } from './broker-under-test.js';

export function lagCases(at: BrokerUnderTest): void {
  it('tells how far a group is behind: all before it first joins, nothing once it has acknowledged', async () => {
    await at.publish(at.record('a', '1'), at.record('b', '2'), at.record('c', '3'));
    const reader = at.broker.createLagReader({ group: at.group, topics: [at.topic] });
    const behind = async () => (await reader.read()).reduce((sum, { messages }) => sum + messages, 0);
    expect(await behind()).toBe(3);
    const member = await at.join();
    await eventually(() => member.records.length === 3);
    expect(await behind()).toBe(3);
    await member.acknowledgeAll();
    await eventually(async () => (await behind()) === 0);
    await at.publish(at.record('a', '4'));
    expect(await behind()).toBe(1);
    const lanes = await reader.read();
    const [lane] = lanes.filter(({ messages }) => messages > 0);
    expect(lane).toMatchObject({ partition: at.broker.partitionOf(Buffer.from('a'), lanes.length) });
    expect(lanes.map(({ topic: name }) => name)).toEqual(member.lanes.map(() => at.topic));
    expect(lanes.every(({ ageMs, first, next, end }) => ageMs < 60_000 && first === '0' && (next ?? end) <= end)).toBe(
      true,
    );
    await reader.close();
  });

  it('dates the oldest record that waits, and none where nothing waits', async () => {
    const reader = at.broker.createLagReader({ group: at.group, topics: [at.topic] });
    const oldest = async () => Math.max(...(await reader.read()).map(({ ageMs }) => ageMs));
    await at.publish(at.record('a', '1'));
    expect(await oldest()).toBeLessThan(5_000);
    await eventually(async () => (await oldest()) > 100);
    const member = await at.join();
    await eventually(() => member.records.length === 1);
    await member.acknowledgeAll();
    await eventually(async () => (await oldest()) === 0);
    await reader.close();
  });

  it('says whose positions they are', async () => {
    await at.publish(at.record('a', '1'));
    const reader = at.broker.createLagReader({ group: at.group, topics: [at.topic] });
    const owners = async () => (await reader.read()).flatMap(({ owner }) => owner ?? []);
    const member = await at.join({ owner: 'database-1' });
    await eventually(() => member.records.length === 1);
    expect(await owners()).toEqual([]);
    await member.acknowledgeAll();
    await eventually(async () => (await owners()).length > 0);
    expect(await owners()).toEqual(['database-1']);
    await reader.close();
  });
}
