import { CommitRefusedError, createDataSource, Database, migrate } from '@waybill/database';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';

import { EventLog } from './event-log.js';
import { ConcurrencyError, UnreadableEventError } from './event-store.errors.js';
import { EventStore } from './event-store.js';
import { EventVersions } from './event-versions.js';
import { eventStoreMigrations } from './migrations/index.js';

type Event =
  | { readonly type: 'Opened'; readonly data: { readonly owner: string } }
  | { readonly type: 'Paid'; readonly data: { readonly amount: number } };

const opened: Event = { type: 'Opened', data: { owner: 'ada' } };
const paid = (amount: number): Event => ({ type: 'Paid', data: { amount } });

const store = new EventStore<Event>({ category: 'account', events: { Opened: {}, Paid: {} } });

describe('EventStore', () => {
  let testDatabase: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('event_store');
    const dataSource = await createDataSource({
      url: testDatabase.url,
      migrations: eventStoreMigrations,
    }).initialize();
    await migrate(dataSource, testDatabase.url);
    database = new Database(dataSource);
  });

  afterAll(async () => {
    await database.onApplicationShutdown();
    await testDatabase.drop();
  });

  const append = (id: string, expectedVersion: number, ...events: Event[]) =>
    database.transaction((tx) => store.append(tx, [{ id, expectedVersion, events }]));
  const load = (id: string) => database.transaction((tx) => store.load(tx, id));

  it('gives back the events of a stream in order, and version 0 where there is none', async () => {
    await append('a', 0, opened, paid(1));
    await append('a', 2, paid(2));
    expect(await load('a')).toEqual({ id: 'a', version: 3, events: [opened, paid(1), paid(2)] });
    expect(await load('nobody')).toEqual({ id: 'nobody', version: 0, events: [] });
  });

  it('takes no other broken constraint for a stream that has changed', async () => {
    const alter = (change: string) =>
      database.query({ name: 'test_alter', text: `ALTER TABLE stored_event ${change}` });
    await alter(`ADD CONSTRAINT not_paid CHECK (type <> 'Paid') NOT VALID`);
    try {
      await expect(append('other', 0, paid(1))).rejects.toMatchObject({ code: '23514', constraint: 'not_paid' });
    } finally {
      await database.query({ name: 'test_undo', text: 'ALTER TABLE stored_event DROP CONSTRAINT not_paid' });
    }
  });

  it('appends to and loads many streams with one statement each, one stream twice', async () => {
    await database.transaction((tx) =>
      store.append(tx, [
        { id: 'm1', expectedVersion: 0, events: [opened] },
        { id: 'm2', expectedVersion: 0, events: [opened], metadata: { causationId: 'c' } },
      ]),
    );
    await database.transaction(async (tx) => {
      await store.append(tx, [
        { id: 'm1', expectedVersion: 1, events: [paid(1)] },
        { id: 'm1', expectedVersion: 2, events: [paid(2)] },
      ]);
    });
    const loaded = await database.transaction((tx) => store.loadMany(tx, ['m1', 'm2', 'm3', 'm1']));
    expect([...loaded.values()].map(({ id, version }) => [id, version])).toEqual([
      ['m1', 3],
      ['m2', 1],
      ['m3', 0],
    ]);
  });

  it('lets one of two writers with the same expected version win, and the other decide again (F26)', async () => {
    await append('race', 0, opened);
    const outcomes = await Promise.allSettled([append('race', 1, paid(1)), append('race', 1, paid(2))]);
    const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(lost).toHaveLength(1);
    expect(lost[0]?.reason).toBeInstanceOf(ConcurrencyError);
    expect((await load('race')).version).toBe(2);
  });

  it('refuses to leave a gap, even if the caller swallows the error', async () => {
    await expect(append('gap', 3, paid(1))).rejects.toBeInstanceOf(ConcurrencyError);
    const swallowed = database.transaction(async (tx) => {
      await store
        .append(tx, [
          { id: 'gap', expectedVersion: 0, events: [opened] },
          { id: 'gap-2', expectedVersion: 5, events: [paid(1)] },
        ])
        .catch(() => {});
    });
    await expect(swallowed).rejects.toBeInstanceOf(CommitRefusedError);
    expect((await load('gap')).version).toBe(0);

    const withCommit = database.transaction(async (tx) => {
      tx.beforeCommit(() => [store.append(tx, [{ id: 'gap', expectedVersion: 2, events: [paid(1)] }])]);
    });
    await expect(withCommit).rejects.toBeInstanceOf(ConcurrencyError);
    expect((await load('gap')).version).toBe(0);
  });

  it('commits events with the rest of the transaction or not at all', async () => {
    const failed = database.transaction(async (tx) => {
      await store.append(tx, [{ id: 'atomic', expectedVersion: 0, events: [opened] }]);
      throw new Error('something else failed');
    });
    await expect(failed).rejects.toThrow('something else failed');
    expect((await load('atomic')).version).toBe(0);
  });

  it('travels with COMMIT when it is called from beforeCommit', async () => {
    await database.transaction(async (tx) => {
      tx.beforeCommit(() => [store.append(tx, [{ id: 'late', expectedVersion: 0, events: [opened] }])]);
    });
    expect((await load('late')).version).toBe(1);
  });

  it('keeps text that jsonb would refuse', async () => {
    const strange: Event = { type: 'Opened', data: { owner: 'nul \u0000 lone \ud800' } };
    await append('strange', 0, strange);
    expect((await load('strange')).events).toEqual([strange]);
  });

  it('reads events of older versions through their upcasters, and refuses what newer code wrote', async () => {
    await append('old', 0, opened);
    const versions = EventVersions.from<{ owner: string }>()
      .to((data) => ({ ...data, from: 1 }))
      .to((data) => ({ ...data, lifted: true }));
    const newer = new EventStore<Event>({ category: 'account', events: { Opened: { versions }, Paid: {} } });
    const { events } = await database.transaction((tx) => newer.load(tx, 'old'));
    expect(events).toEqual([{ type: 'Opened', data: { owner: 'ada', from: 1, lifted: true } }]);

    await database.transaction((tx) => newer.append(tx, [{ id: 'new', expectedVersion: 0, events: [opened] }]));
    await expect(load('new')).rejects.toBeInstanceOf(UnreadableEventError);
  });

  describe('personal fields', () => {
    const people = new EventStore<Event>({
      category: 'person',
      events: { Opened: { personal: { owner: '(erased)' } }, Paid: {} },
    });
    const openedBy = (owner: string): Event => ({ type: 'Opened', data: { owner } });
    const erase = (...ids: string[]) => database.transaction((tx) => people.erase(tx, ids));
    const rows = (id: string) =>
      database.query<{ type: string; data: unknown; personal: unknown }>(
        {
          name: 'test_rows',
          text: 'SELECT type, data, personal FROM stored_event WHERE stream_id = $1 ORDER BY version',
        },
        [`person-${id}`],
      );
    const read = (id: string) => database.transaction(async (tx) => (await people.load(tx, id)).events);

    it('stand beside the data, and are gone once they are erased; the rest stays as it was written (F81)', async () => {
      const append = (id: string, ...events: Event[]) =>
        database.transaction((tx) => people.append(tx, [{ id, expectedVersion: 0, events }]));
      await append('ada', openedBy('Ada'), paid(1));
      await append('bob', openedBy('Bob'));
      expect(await rows('ada')).toEqual([
        { type: 'Opened', data: {}, personal: { owner: 'Ada' } },
        { type: 'Paid', data: { amount: 1 }, personal: null },
      ]);
      expect(await read('ada')).toEqual([openedBy('Ada'), paid(1)]);

      await erase('ada', 'nobody');
      await erase('ada');
      expect(JSON.stringify(await rows('ada'))).not.toContain('Ada');
      expect(await read('ada')).toEqual([openedBy('(erased)'), paid(1)]);
      expect(await read('bob')).toEqual([openedBy('Bob')]);

      const log = new EventLog<Event>(database, [people.stream]);
      const all = [];
      for await (const { id, event } of log.readAll()) if (id === 'ada') all.push(event);
      expect(all).toEqual([openedBy('(erased)'), paid(1)]);
    });

    it('of events of the release before are erased, too, where they stand among the data (F81)', async () => {
      const before = new EventStore<Event>({ category: 'person', events: { Opened: {}, Paid: {} } });
      await database.transaction((tx) =>
        before.append(tx, [{ id: 'legacy', expectedVersion: 0, events: [openedBy('Cyd'), paid(2)] }]),
      );
      expect(await read('legacy')).toEqual([openedBy('Cyd'), paid(2)]);
      await erase('legacy');
      expect(JSON.stringify(await rows('legacy'))).not.toContain('Cyd');
      expect(await read('legacy')).toEqual([openedBy('(erased)'), paid(2)]);
    });
  });
});
