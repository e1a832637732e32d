import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';

import { OutboxHarness, until } from '../testing/outbox-harness.js';
import { RelayChild, removeRelayBundle } from '../testing/relay-child.js';
import { testMessage } from '../testing/test-message.js';

jest.setTimeout(120_000);

describe('relays in processes of their own', () => {
  let testDatabase: TestDatabase;
  let harness: OutboxHarness;
  let children: RelayChild[];
  let log: string[];

  beforeEach(async () => {
    testDatabase = await createTestDatabase('outbox');
    harness = await OutboxHarness.open(testDatabase.url);
    children = [];
    log = [];
  });

  afterEach(async () => {
    await Promise.all(children.map((child) => child.kill()));
    await harness.close();
    await testDatabase.drop();
  });

  afterAll(removeRelayBundle);

  const start = async (more: Partial<Parameters<typeof RelayChild.start>[0]> = {}): Promise<RelayChild> => {
    const relay = { pollIntervalMs: 100, leaseMs: 1_500 };
    const child = await RelayChild.start({ url: testDatabase.url, topic: 't', relay, ...more }, log);
    children.push(child);
    return child;
  };

  const idsInOrder = async (): Promise<readonly string[]> =>
    (await harness.sql<{ id: string }>('SELECT id FROM outbox ORDER BY seq')).map(({ id }) => id);

  it('publish what a process killed between commit and publish had committed (F1)', async () => {
    const child = await start({ fault: { request: 1, moment: 'before send', signal: 'SIGKILL' } });
    child.add('k', 'k');
    await child.exited;
    expect(await harness.unpublished()).toBe(2);
    expect(log).toEqual([]);
    await start({ mayHoldNothing: true });
    await until('all are marked', async () => (await harness.unpublished()) === 0);
    expect(log).toEqual(await idsInOrder());
  });

  it('never publish what a process killed before commit had added (F1)', async () => {
    const child = await start();
    child.addAndDie('k');
    await child.exited;
    await start({ mayHoldNothing: true });
    await harness.add(harness.outbox(), testMessage('t', 'k'));
    await until('the later message is published', () => log.length > 0);
    expect(log).toEqual(await idsInOrder());
    expect(log).toHaveLength(1);
  });

  it('publish again, under the same id, what was published but not marked before a crash (F42)', async () => {
    const child = await start({ fault: { request: 1, moment: 'after send', signal: 'SIGKILL' } });
    child.add('k');
    await child.exited;
    await start({ mayHoldNothing: true });
    await until('all are marked', async () => (await harness.unpublished()) === 0);
    const [id] = await idsInOrder();
    expect(log).toEqual([id, id]);
  });

  it('repeat but never overtake, and mark nothing, after losing their lease unawares (F6)', async () => {
    const stopBeforeSending = { request: 1, moment: 'before send', signal: 'SIGSTOP' } as const;
    const zombie = await start({ fault: stopBeforeSending });
    zombie.add('a', 'b', 'a', 'b'); // stops with these in hand, its lease checked
    await until('they are committed', async () => (await harness.unpublished()) === 4);
    await until('its lease has run out', async () => {
      const alive = await harness.sql('SELECT 1 FROM outbox_relay WHERE expires_at > clock_timestamp()');
      return alive.length === 0;
    });
    const owner = await start({ fault: stopBeforeSending, relay: { leaseMs: 60_000 }, mayHoldNothing: true });
    await until('the shards have a new owner, which has stopped too', async () => {
      const rows = await harness.sql('SELECT 1 FROM outbox_lease WHERE epoch = 2');
      return rows.length === 8 && owner.isStopped;
    });
    zombie.signal('SIGCONT');
    await until('the zombie has tried to mark what it had in hand', async () => {
      const tried = await harness.sql(
        "SELECT 1 FROM pg_stat_activity WHERE application_name = 'outbox-marks' AND datname = current_database() AND state = 'idle' AND query LIKE '%UPDATE outbox%'",
      );
      return zombie.requests === 1 && tried.length === 1;
    });
    expect(await harness.unpublished()).toBe(4);
    await harness.add(harness.outbox(), testMessage('t', 'a'), testMessage('t', 'b'));
    owner.signal('SIGCONT');
    await until('all are marked', async () => (await harness.unpublished()) === 0);
    expect([...new Set(log)]).toEqual(await idsInOrder());
    expect(log.length).toBeGreaterThanOrEqual(10); // the first four twice
  });

  it('take over from a killed one within its lease, and hold their order while relays come and go (F5, F6)', async () => {
    const total = 400;
    const outbox = harness.outbox();
    await start();
    const adding = (async () => {
      for (let n = 0; n < total; n++) await harness.add(outbox, testMessage('t', `k${n % 7}`, { n }));
    })();
    for (let round = 0; round < 3; round++) {
      const [oldest] = children.splice(0, 1);
      await start({ mayHoldNothing: true });
      await oldest?.kill();
    }
    await adding;
    await until('all are marked', async () => (await harness.unpublished()) === 0, 30_000);
    const rows = await harness.sql<{ id: string; aggregateid: string }>(
      'SELECT id, aggregateid FROM outbox ORDER BY seq',
    );
    for (const key of new Set(rows.map(({ aggregateid }) => aggregateid))) {
      const committed = rows.filter(({ aggregateid }) => aggregateid === key).map(({ id }) => id);
      const ofKey = new Set(committed);
      expect([...new Set(log)].filter((id) => ofKey.has(id))).toEqual(committed);
    }
  });
});
