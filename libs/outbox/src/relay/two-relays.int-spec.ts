import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';

import { OutboxHarness, until } from '../testing/outbox-harness.js';
import { ScriptedBroker } from '../testing/scripted-broker.js';
import { testMessage } from '../testing/test-message.js';
import type { OutboxRelay } from './relay.js';

jest.setTimeout(60_000);

describe('two relays, each in a process that writes', () => {
  let testDatabase: TestDatabase;
  let harness: OutboxHarness;

  beforeEach(async () => {
    testDatabase = await createTestDatabase('outbox');
    harness = await OutboxHarness.open(testDatabase.url);
  });

  afterEach(async () => {
    await harness.close();
    await testDatabase.drop();
  });

  const holds = (relay: OutboxRelay, shards: number): Promise<void> =>
    until(`${shards} shards are held`, async () => (await relay.state()).shards === shards);
  const allMarked = (): Promise<void> => until('all are marked', async () => (await harness.unpublished()) === 0);

  /** Two relays of one database, each with a broker that shows what it alone has published; nobody polls. */
  const twoRelays = async () => {
    const brokers = [new ScriptedBroker(), new ScriptedBroker()] as const;
    const [one, two] = [
      harness.withRelay(brokers[0], { topics: ['t'], relay: { pollIntervalMs: 60_000, leaseMs: 3_000 } }),
      harness.withRelay(brokers[1], { topics: ['t'], relay: { pollIntervalMs: 60_000, leaseMs: 3_000 } }),
    ];
    one.relay.start();
    await holds(one.relay, 8);
    two.relay.start();
    await until(
      'two share',
      async () => (await one.relay.state()).shards === 4 && (await two.relay.state()).shards === 4,
    );
    return { brokers, one, two };
  };
  const keys = Array.from({ length: 40 }, (_, n) => `key-${n}`);

  it('publishes what its own process writes from memory, whatever the key, beside another relay', async () => {
    const { brokers, one, two } = await twoRelays();
    const wakeUps = await harness.listen();
    for (const key of keys) await harness.add(one.outbox, testMessage('t', key));
    await allMarked();
    for (const key of keys) await harness.add(two.outbox, testMessage('t', key));
    await allMarked();
    expect(brokers.map(({ log }) => log.length)).toEqual([keys.length, keys.length]);
    expect(wakeUps).toEqual([]); // nobody had to be told
  });

  it('leaves a message to the relay that has an earlier one of its key in hand, whoever writes it', async () => {
    const { brokers, one, two } = await twoRelays();
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    brokers[0].hold = () => held;
    for (const key of keys) await harness.add(one.outbox, testMessage('t', key));
    for (const key of keys) await harness.add(two.outbox, testMessage('t', key));
    const shards = await harness.sql('SELECT 1 FROM outbox GROUP BY key HAVING count(DISTINCT shard) > 1');
    expect(shards).toEqual([]);
    letGo();
    await allMarked();
    expect(brokers.map(({ log }) => log.length)).toEqual([2 * keys.length, 0]);
  });
});
