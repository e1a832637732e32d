import type { Broker } from '../../broker.js';
import { eventually } from '../eventually.js';
import { BrokerUnderTest } from './broker-under-test.js';

/** A broker's server that a test may end. */
export interface ServerOfItsOwn {
  /** A connection to it, also after a restart. */
  readonly broker: Broker;
  /** Without warning. */
  kill(): Promise<void>;
  /** Again, at the same address, with what it has written. */
  start(): Promise<void>;
  /** With its data; nothing is left behind. */
  remove(): Promise<void>;
}

const AWAY_WITHIN_MS = 60_000;

export function restartCase(startServer: (() => Promise<ServerOfItsOwn>) | undefined): void {
  const test = startServer ? it : it.skip;

  test('goes on after a restart of the broker from the acknowledged position, and says meanwhile that it is away', async () => {
    const server = await startServer?.();
    if (!server) throw new Error('There is no server to restart');
    const at = new BrokerUnderTest(() => server.broker);
    await at.open();
    const publisher = await at.broker.createPublisher();
    const publish = async (value: string) => (await publisher.publish([at.record('k', value)]))[0];
    const reader = at.broker.createLagReader({ group: at.group, topics: [at.topic] });
    const member = await at.join();
    expect(await publish('before')).toEqual({ ok: true });
    await eventually(() => member.records.length === 1);
    await member.acknowledgeAll();
    await eventually(async () => (await reader.read()).some(({ next }) => next === '1'));

    await server.kill();
    await eventually(() => member.health.at(-1) === false, AWAY_WITHIN_MS);
    expect(await publish('meanwhile')).toMatchObject({ ok: false, retriable: true });
    await expect(reader.read()).rejects.toThrow(/./);
    await server.start();
    await eventually(async () => (await publish('after'))?.ok === true, AWAY_WITHIN_MS);
    await eventually(() => member.values().includes('after'), AWAY_WITHIN_MS);
    expect(member.values().filter((value) => value === 'before')).toHaveLength(1);
    await eventually(() => member.health.at(-1) === true, AWAY_WITHIN_MS);
    await Promise.all([reader.close(), publisher.close()]);
    await at.broker.close();
    await server.remove();
  });
}
