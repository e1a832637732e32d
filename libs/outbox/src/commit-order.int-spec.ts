import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';

import { OutboxHarness, until } from './testing/outbox-harness.js';
import { ScriptedBroker } from './testing/scripted-broker.js';
import { testMessage } from './testing/test-message.js';

jest.setTimeout(60_000);

describe('order of a key', () => {
  let testDatabase: TestDatabase;
  let harness: OutboxHarness;
  let broker: ScriptedBroker;

  beforeEach(async () => {
    testDatabase = await createTestDatabase('outbox');
    harness = await OutboxHarness.open(testDatabase.url);
    broker = new ScriptedBroker();
  });

  afterEach(async () => {
    await harness.close();
    await testDatabase.drop();
  });

  /** Keeps the transaction open for a while between its flush and its COMMIT. */
  const slowCommit = { name: 'test_slow_commit', text: 'SELECT pg_sleep($1::float8)' };

  it('is the order of commits, not of begins (F3)', async () => {
    const { outbox, relay } = harness.withRelay(broker, { topics: ['t'] });
    relay.start();
    const first = testMessage('t', 'k');
    const second = testMessage('t', 'k');
    await harness.database.transaction(async (early) => {
      outbox.add(early, first);
      await early.query({ name: 'test_touch', text: 'SELECT txid_current()' });
      await harness.add(outbox, second); // began later, committed earlier
    });
    await until('both are published', () => broker.log.length >= 2);
    expect(broker.firstAppearances()).toEqual([second.id, first.id]);
  });

  it('makes a second add on a key wait until the first has committed (F3)', async () => {
    const outbox = harness.outbox();
    const first = testMessage('t', 'k');
    const second = testMessage('t', 'k');
    const gate = { name: 'test_gate', text: 'SELECT pg_advisory_xact_lock(1)' };
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    let keeper: Promise<void> | undefined;
    await new Promise<void>((closed) => {
      keeper = harness.database.transaction(async (tx) => {
        await tx.query(gate);
        closed();
        await opened;
      });
    });
    const waiting = (sessions: number) => async (): Promise<boolean> => {
      const held = await harness.sql(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'",
      );
      return held.length === sessions;
    };
    const ended: string[] = [];
    const slow = harness.database.transaction(async (tx) => {
      outbox.add(tx, first);
      tx.beforeCommit(() => [tx.query(gate)]);
    });
    await until('the first, which holds the lock of its key, waits at the gate', waiting(1));
    const waited = harness.add(outbox, second).then(() => ended.push('second'));
    await until('the second waits for the lock', waiting(2));
    open();
    await Promise.all([slow.then(() => ended.push('first')), waited, keeper]);
    expect(ended).toEqual(['first', 'second']);
    const rows = await harness.sql<{ id: string }>('SELECT id FROM outbox ORDER BY seq');
    expect(rows.map(({ id }) => id)).toEqual([first.id, second.id]);
  });

  it('holds, and nothing is skipped, over many keys whose sequence numbers commit out of order (F4)', async () => {
    await harness.sql('CREATE TABLE counters (key text PRIMARY KEY, n int NOT NULL)');
    await harness.sql('CREATE TABLE truth (id uuid, key text, n int)');
    await harness.sql("INSERT INTO counters SELECT 'k' || g, 0 FROM generate_series(0, 4) g");
    /** What really committed in which order: the counter's row is locked until COMMIT. */
    const recordTruth = {
      name: 'test_record_truth',
      text: `WITH next AS (UPDATE counters SET n = n + 1 WHERE key = $2 RETURNING n)
             INSERT INTO truth SELECT $1::uuid, $2, n FROM next`,
    };
    const one = harness.withRelay(broker, { topics: ['t'] });
    const two = harness.withRelay(broker, { topics: ['t'] });
    const absent = harness.outbox(); // a process without a relay, and without a hint
    one.relay.start();
    two.relay.start();
    await until(
      'both relays hold shards',
      async () => (await one.relay.state()).shards === 4 && (await two.relay.state()).shards === 4,
    );
    const outboxes = [one.outbox, two.outbox, absent];
    const total = 300;
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let n = next++; n < total; n = next++) {
        const key = `k${n % 5}`;
        await harness.database.transaction(async (tx) => {
          const message = testMessage('t', key, { n });
          outboxes[n % 3]?.add(tx, message);
          tx.beforeCommit(() => [
            tx.query(recordTruth, [message.id, key]),
            tx.query(slowCommit, [Math.random() * 0.01]),
          ]);
        });
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    await until('all are published', () => broker.firstAppearances().length >= total, 30_000);
    const truth = await harness.sql<{ id: string; key: string }>('SELECT id, key FROM truth ORDER BY n');
    const appeared = broker.firstAppearances();
    for (const key of ['k0', 'k1', 'k2', 'k3', 'k4']) {
      const committed = truth.filter((row) => row.key === key).map(({ id }) => id);
      const ofKey = new Set(committed);
      expect(appeared.filter((id) => ofKey.has(id))).toEqual(committed);
    }
  });

  it('holds where an earlier message of the key came from another process', async () => {
    const { outbox, relay } = harness.withRelay(broker, { topics: ['t'], relay: { pollIntervalMs: 60_000 } });
    relay.start();
    await until('shards are held', async () => (await relay.state()).shards === 8);
    const elsewhere = testMessage('t', 'k');
    const here = testMessage('t', 'k');
    await harness.add(harness.outbox(), elsewhere); // no hint, and the poll is far
    await harness.add(outbox, here);
    await until('both are published', () => broker.log.length >= 2);
    expect(broker.log.map(({ id }) => id)).toEqual([elsewhere.id, here.id]);
  });

  it('holds within one transaction, also where a lease runs out between two of its messages', async () => {
    let asked = 0;
    const outbox = harness.outbox({}, { shardFor: () => asked++ % 8, accept: () => {}, lookAgain: () => {} });
    const messages = Array.from({ length: 16 }, (_, n) => testMessage('t', `k${n % 2}`));
    await harness.add(outbox, ...messages);
    const scattered = await harness.sql('SELECT key FROM outbox GROUP BY key HAVING count(DISTINCT shard) > 1');
    expect(scattered).toEqual([]);
  });

  it('publishes beside a transaction that stays open, in this database and in another (F50)', async () => {
    const other = await createTestDatabase('outbox_other');
    const neighbour = await OutboxHarness.open(other.url);
    const { outbox, relay } = harness.withRelay(broker, { topics: ['t'] });
    relay.start();
    await until('shards are held', async () => (await relay.state()).shards === 8);
    let release = (): void => {};
    const open = new Promise<void>((resolve) => (release = resolve));
    const hold = (database: OutboxHarness): Promise<void> =>
      database.database.transaction(async (tx) => {
        await tx.query({ name: 'test_xid', text: 'SELECT txid_current()' });
        await open;
      });
    const held = [hold(harness), hold(neighbour)];
    for (let n = 0; n < 20; n++) await harness.add(n % 2 ? outbox : harness.outbox(), testMessage('t', `k${n}`));
    await until('all are published', () => broker.log.length >= 20, 10_000);
    release();
    await Promise.all(held);
    await neighbour.close();
    await other.drop();
    expect(broker.firstAppearances()).toHaveLength(20);
  });
});
