import { randomUUID } from 'node:crypto';

import { createDataSource, Database, migrate } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import type { MessageIdentity, PlacedMessage } from '@waybill/messaging';

import { InboxEntries } from './inbox-entries.js';
import { AddSubscriber1796100100000 } from './migrations/add-subscriber.js';
import { inboxMigrations } from './migrations/index.js';
import { PostgresInbox } from './postgres-inbox.js';

describe('PostgresInbox', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let inbox: PostgresInbox;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('inbox');
    const dataSource = await createDataSource({ url: testDatabase.url, migrations: inboxMigrations }).initialize();
    await migrate(dataSource, testDatabase.url);
    database = new Database(dataSource);
    inbox = new PostgresInbox(database);
  });

  afterAll(async () => {
    await database?.onApplicationShutdown();
    await testDatabase?.drop();
  });

  const message = (): MessageIdentity => ({ source: '/sender', id: randomUUID() });
  const claim = (group: string, ...messages: readonly PlacedMessage[]) =>
    database.transaction((tx) => inbox.claim(tx, group, messages));

  it('F12: takes a message for a duplicate by its identity, wherever it comes from', async () => {
    const it = message();
    expect(await claim('g', it)).toEqual([true]);
    expect(await claim('g', { ...it })).toEqual([false]);
    expect(await claim('another group', it)).toEqual([true]);
    expect(await claim('g', { ...it, source: '/another' })).toEqual([true]);
  });

  it('F82: knows what each handler of an event has dealt with, in one statement', async () => {
    const it = message();
    const second = { ...it, subscriber: 'second' };
    expect(await claim('g', it, second, second)).toEqual([true, true, false]);
    expect(await claim('g', { ...it, subscriber: 'third' }, second)).toEqual([true, false]);
    await database.transaction((tx) => inbox.mark(tx, 'g', [second], 'dead'));
    const outcomes = await database.query({
      name: 'test_outcomes',
      text: `SELECT subscriber || ' ' || outcome AS outcome FROM inbox WHERE message_id = '${it.id}' ORDER BY subscriber`,
    });
    expect(outcomes).toEqual([' handled', 'second dead', 'third handled'].map((outcome) => ({ outcome })));
  });

  it('F82: takes what was handled before handlers had names for handled by the one without', async () => {
    const older = await createTestDatabase('inbox_older');
    const handled = message();
    try {
      const before = inboxMigrations.slice(0, inboxMigrations.indexOf(AddSubscriber1796100100000));
      const old = await createDataSource({ url: older.url, migrations: before }).initialize();
      await migrate(old, older.url);
      const insert = 'INSERT INTO inbox (consumer_group, source, message_id) VALUES ($1, $2, $3)';
      await old.query(insert, ['g', handled.source, handled.id]);
      await old.destroy();
      const now = await createDataSource({ url: older.url, migrations: inboxMigrations }).initialize();
      await migrate(now, older.url);
      await now.query(`${insert} ON CONFLICT DO NOTHING`, ['g', handled.source, 'by the release before']);
      const upgraded = new Database(now);
      const both = [handled, { ...handled, subscriber: 'second' }];
      const isNew = await upgraded.transaction((tx) => new PostgresInbox(upgraded).claim(tx, 'g', both));
      expect(isNew).toEqual([false, true]);
      for (const _ of inboxMigrations.slice(before.length)) await now.undoLastMigration();
      expect(await now.query('SELECT message_id FROM inbox WHERE message_id = $1', [handled.id])).toHaveLength(1);
      await upgraded.onApplicationShutdown();
    } finally {
      await older.drop();
    }
  });

  it('says what has become of messages, and where the broker had them', async () => {
    const [it, other, unknown] = [message(), message(), message()];
    await claim('g', { ...it, lane: { partition: 3, position: '41' } }, { ...it, subscriber: 'second' }, other);
    await claim('another group', unknown);
    await database.transaction((tx) => inbox.mark(tx, 'g', [other], 'dead'));
    const found = await new InboxEntries(database, 'g').find(
      ['/sender', '/sender', '/nobody'],
      [it, other, unknown].map(({ id }) => id),
    );
    const shown = found.map(({ messageId, subscriber, outcome, partition, position }) => ({
      messageId,
      subscriber,
      outcome,
      partition,
      position,
    }));
    expect(shown).toHaveLength(3);
    expect(shown).toEqual(
      expect.arrayContaining([
        { messageId: it.id, subscriber: null, outcome: 'handled', partition: 3, position: '41' },
        { messageId: it.id, subscriber: 'second', outcome: 'handled', partition: null, position: null },
        { messageId: other.id, subscriber: null, outcome: 'dead', partition: null, position: null },
      ]),
    );
  });

  it('F12: of two copies in one batch only the first is new', async () => {
    const [a, b] = [message(), message()];
    expect(await claim('g', b, a, b, a)).toEqual([true, true, false, false]);
  });

  it('F10: forgets the claim of a handler that threw', async () => {
    const it = message();
    const failing = database.transaction(async (tx) => {
      await inbox.claim(tx, 'g', [it]);
      throw new Error('the handler failed');
    });
    await expect(failing).rejects.toThrow('the handler failed');
    expect(await claim('g', it)).toEqual([true]);
  });

  it('F11: reports a database error as an error, never as a duplicate', async () => {
    const failing = database.transaction(async (tx) => {
      await tx.query({ name: 'impossible', text: 'SELECT 1 / 0' }).catch(() => {});
      return inbox.claim(tx, 'g', [message()]);
    });
    await expect(failing).rejects.toThrow();
  });

  it('waits for a rival that has the same message, and takes over if it rolls back', async () => {
    const it = message();
    let entered: (tx: Transaction) => void = () => {};
    const inside = new Promise<Transaction>((resolve) => (entered = resolve));
    let fail: (error: Error) => void = () => {};
    const rival = database.transaction(async (tx) => {
      await inbox.claim(tx, 'g', [it]);
      entered(tx);
      await new Promise((_, reject) => (fail = reject));
    });
    await inside;
    let settled = false;
    const ours = claim('g', it).finally(() => (settled = true));
    await untilWaiting(database);
    expect(settled).toBe(false);
    fail(new Error('rolled back'));
    await expect(rival).rejects.toThrow('rolled back');
    expect(await ours).toEqual([true]);
  });

  const seen = (group: string, messages: readonly MessageIdentity[]): Promise<readonly boolean[]> =>
    database.transaction((tx) => inbox.seen(tx, group, messages));

  it('F51: claims 20,000 messages in one statement', async () => {
    const messages = Array.from({ length: 20_000 }, message);
    expect((await claim('many', ...messages)).every(Boolean)).toBe(true);
    expect((await claim('many', ...messages)).some(Boolean)).toBe(false);
  });

  it('knows what it has seen, and what only a rolled-back transaction has', async () => {
    const [known, unknown] = [message(), message()];
    await claim('g', known);
    expect(await seen('g', [unknown, known])).toEqual([false, true]);
  });

  it('sweeps final outcomes outside the window and keeps what is held', async () => {
    const [handled, parked, dead] = [message(), message(), message()];
    const [discarded, superseded] = [message(), message()];
    const all = [handled, parked, dead, discarded, superseded];
    await database.transaction(async (tx) => {
      await inbox.claim(tx, 'sweep', all);
      await inbox.mark(tx, 'sweep', [parked], 'parked');
      await inbox.mark(tx, 'sweep', [dead], 'dead');
      await inbox.mark(tx, 'sweep', [discarded], 'discarded');
      await inbox.mark(tx, 'sweep', [superseded], 'superseded');
    });
    await inbox.sweep(3_600_000, 100_000);
    expect(await seen('sweep', all)).toEqual([true, true, true, true, true]);
    await database.query({
      name: 'age_inbox',
      text: "UPDATE inbox SET received_at = now() - interval '2 hours' WHERE consumer_group = 'sweep'",
    });
    await inbox.sweep(3_600_000, 100_000);
    expect(await seen('sweep', all)).toEqual([false, true, true, false, false]);
  });
});

/** Until some backend waits for another's lock. */
async function untilWaiting(database: Database): Promise<void> {
  const text = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
  while ((await database.query({ name: 'waiting', text })).length === 0);
}
