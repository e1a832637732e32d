import { eventually } from '../eventually.js';
import type { BrokerUnderTest } from './broker-under-test.js';
import type { ContractMember } from './contract-member.js';

const REASSIGNED_WITHIN_MS = 30_000;

export function groupCases(at: BrokerUnderTest): void {
  it('gives each group of a topic all records, and a position of its own', async () => {
    await at.publish(at.record('k', '1'), at.record('k', '2'));
    const groups = ['one', 'two'].map((name) => `${at.group}-${name}`);
    const [one, two] = await Promise.all(groups.map((group) => at.join({ group })));
    await eventually(() => one?.records.length === 2 && two?.records.length === 2);
    await one?.acknowledgeAll();
    await Promise.all([one?.close(), two?.close()]);
    await at.publish(at.record('k', '3'));
    const again = await Promise.all(groups.map((group) => at.join({ group })));
    await eventually(() => again[0]?.records.length === 1 && again[1]?.records.length === 3);
    expect(again[0]?.values()).toEqual(['3']);
  });

  it('deals the lanes out among the members of a group, each to one', async () => {
    const one = await at.join();
    const total = one.lanes.length;
    expect(total).toBeGreaterThan(1);
    const two = await at.join();
    const areDealt = (): boolean => one.lanes.length + two.lanes.length === total && two.lanes.length > 0;
    await eventually(areDealt, REASSIGNED_WITHIN_MS);
    await two.close();
    await eventually(() => one.lanes.length === total, REASSIGNED_WITHIN_MS);
  });

  it('ignores what a member acknowledges on a lane that it has lost', async () => {
    const keys = Array.from({ length: 40 }, (_, index) => `k${index}`);
    await at.publish(...keys.map((key) => at.record(key, key)));
    const loser = await at.join();
    await eventually(() => loser.records.length === keys.length);
    const heir = await at.join();
    const have = (): number => loser.current.length + heir.current.length;
    await eventually(() => heir.current.length > 0 && have() === keys.length, REASSIGNED_WITHIN_MS);
    const inherited = heir.current.map(({ value }) => String(value)).sort();
    await loser.acknowledgeAll();
    await loser.close();
    await heir.close();
    const next = await at.join();
    await eventually(() => next.records.length >= inherited.length, REASSIGNED_WITHIN_MS);
    await at.publish(...keys.map((key) => at.record(key, 'end')));
    await eventually(() => next.values().filter((value) => value === 'end').length === keys.length);
    expect(
      next
        .values()
        .filter((value) => value !== 'end')
        .sort(),
    ).toEqual(inherited);
  });

  it('loses nothing, and keeps the order of each key, while members come and go', async () => {
    const [keys, calls] = [12, 90];
    const firsts = new Map<string, Set<number>>(); // by key, as they first appear to anybody
    const join = (): Promise<ContractMember> =>
      at.join({}, (member, records) => {
        for (const { key, value } of records) {
          const own = firsts.get(String(key)) ?? new Set();
          firsts.set(String(key), own.add(Number(value)));
        }
        member.acknowledge(records);
      });
    const members = [await join()];
    for (let call = 0; call < calls; call += 1) {
      if (call === 20 || call === 40) members.push(await join());
      if (call === 60) await members.shift()?.close();
      await at.publish(...Array.from({ length: keys }, (_, key) => at.record(`k${key}`, String(call))));
    }
    const count = (): number => [...firsts.values()].reduce((sum, { size }) => sum + size, 0);
    await eventually(() => count() === keys * calls, 2 * REASSIGNED_WITHIN_MS);
    for (const own of firsts.values()) expect([...own]).toEqual(Array.from({ length: calls }, (_, call) => call));
    await eventually(() => members.every(({ lanes }) => lanes.length > 0), REASSIGNED_WITHIN_MS);
  });
}
