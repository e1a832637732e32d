import { createDataSource, Database, type Transaction } from '@waybill/database';
import { createTestDatabase, type TestDatabase } from '@waybill/embedded/testing';
import type { NewMessage, ReceivedMessage } from '@waybill/messaging';

import { defineSaga } from './define-saga.js';
import { sagaMigrations } from './migrations/saga-migrations.js';
import { done, send, type SagaDefinition } from './saga-definition.js';
import { SagaDefinitions } from './saga-definitions.js';
import { SagaEngine } from './saga-engine.js';
import { sagaReplies } from './saga-replies.js';
import { SagaStore } from './saga-store.js';
import { anyContract, trip, type Trip } from './testing/trip.js';

let testDatabase: TestDatabase;
let database: Database;
let store: SagaStore;
let sent: NewMessage[] = [];
let alerts: string[] = [];
const definition = trip();
/** Version 2: pays and confirms. */
const shorterTrip = defineSaga<Trip>('trip', 2, {
  steps: definition.steps.filter(({ name }) => name === 'pay' || name === 'confirm'),
});
const noCause = () => {
  const { causationId: _, ...envelope } = answer('o1', 'pay.done').envelope;
  return envelope;
};

const engine = (definitions: SagaDefinitions | SagaDefinition[] = [definition]) =>
  new SagaEngine(definitions instanceof SagaDefinitions ? definitions : new SagaDefinitions(definitions), store, {
    outbox: {
      add: (_: Transaction, ...messages: NewMessage[]) => void sent.push(...messages),
      unpublishedAmong: async () => new Set<string>(),
      refusedAmong: async () => new Map<string, string>(),
    },
    alert: { compensationFailed: () => {}, settledStepSucceeded: ({ id }) => void alerts.push(id) },
    deadlineSet: () => {},
  });

/** @param answers the command: by default the last one of its kind that was sent. */
function answer(id: string, name: string, answers?: string): ReceivedMessage {
  const record = { topic: 't', partition: 0, position: '0', key: null, value: null, headers: {}, timestampMs: 0 };
  const [step, outcome = ''] = name.split('.');
  const asked = `${step}.${outcome.startsWith('und') ? 'undo' : 'do'}`;
  const causationId = answers ?? sent.findLast((one) => one.key === id && one.contract.name === asked)?.id;
  const cause = causationId === undefined ? {} : { causationId };
  const envelope = { id: `${id}-${name}`, source: '/x', type: `${name}.v1`, time: '', correlationId: id, ...cause };
  return { envelope, data: {}, key: id, attempt: 1, record };
}

const startAll = (ids: readonly string[], by = engine()) =>
  database.transaction(async (tx) => ids.map((id) => by.start(tx, 'trip', { id, data: {} })));

async function oneWaitsForALock(): Promise<void> {
  const text = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while ((await database.query({ name: 'lock_waits', text })).length === 0);
}

beforeAll(async () => {
  testDatabase = await createTestDatabase('saga');
  const source = await createDataSource({ url: testDatabase.url, migrations: sagaMigrations }).initialize();
  await source.runMigrations();
  database = new Database(source);
  store = new SagaStore(database);
});

beforeEach(async () => {
  sent = [];
  alerts = [];
  await database.query({ name: 'clear', text: 'DELETE FROM saga_instance' });
});

afterAll(async () => {
  await database.onApplicationShutdown();
  await testDatabase.drop();
});

describe('sagas on PostgreSQL', () => {
  it('F21 50 interleaved sagas end right although the engine is replaced midway', async () => {
    const ids = Array.from({ length: 50 }, (_, i) => `o${i}`);
    await startAll(ids);
    for (const name of ['pay.done', 'book.done', 'ship.done', 'confirm.done']) {
      const handled = await database.transaction((tx) =>
        engine().handle(
          tx,
          ids.map((id) => answer(id, name)),
        ),
      );
      expect(handled).toHaveLength(50);
    }
    const sagas = await store.list({ limit: 100 });
    expect(sagas.map(({ status }) => status)).toEqual(ids.map(() => 'COMPLETED'));
  });

  it('saves the steps of a saga in place: no index has to know until it ends (F72)', async () => {
    const updates = async () => {
      const text = `SELECT n_tup_upd::int AS updates, n_tup_hot_upd::int AS hot FROM pg_stat_user_tables
        WHERE relname = 'saga_instance'`;
      return database.transaction(async (tx) => {
        await tx.query({ name: 'test_flush', text: 'SELECT pg_stat_force_next_flush()' });
        return (await tx.query<{ updates: number; hot: number }>({ name: 'test_hot', text }))[0];
      });
    };
    // With all their versions they fit into one page, also while an old snapshot (of autovacuum, say) keeps any from being pruned.
    const ids = ['o1', 'o2'];
    await database.query({ name: 'test_vacuum', text: 'VACUUM saga_instance' });
    await startAll(ids);
    await updates(); // tells what other tests did
    const before = (await updates()) ?? { updates: 0, hot: 0 };
    for (const name of ['pay.done', 'book.done', 'ship.done']) {
      await database.transaction((tx) =>
        engine().handle(
          tx,
          ids.map((id) => answer(id, name)),
        ),
      );
    }
    await updates();
    const after = (await updates()) ?? { updates: 0, hot: 0 };
    expect([after.updates - before.updates, after.hot - before.hot]).toEqual([6, 6]);
  });

  it('F26 an answer waits for another one that is being taken, and a duplicate changes nothing', async () => {
    await startAll(['o1']);
    const take = (name: string) => database.transaction((tx) => engine().handle(tx, [answer('o1', name)]));
    let goOn = (): void => {};
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let taken = (): void => {};
    const isTaken = new Promise<void>((resolve) => (taken = resolve));
    const first = database.transaction(async (tx) => {
      const handled = await engine().handle(tx, [answer('o1', 'pay.done')]);
      taken();
      await held;
      return handled;
    });
    await isTaken;
    const second = take('pay.failed');
    await Promise.race([second, oneWaitsForALock()]);
    goOn();
    const verdicts = [await first, await second, await take('pay.done')].map(([progress]) => progress?.verdict);
    expect(verdicts).toEqual(['taken', 'ignored', 'ignored']);
    expect((await store.find('trip', 'o1'))?.revision).toBe(2);
    expect(sent.map(({ contract }) => contract.name)).toEqual(['pay.do', 'book.do']);
  });

  it.each<[string, () => ReceivedMessage, string]>([
    ['names no command', () => ({ ...answer('o1', 'pay.done'), envelope: noCause() }), 'REPLY_WITHOUT_CAUSE'],
    ["answers another saga's command", () => answer('o1', 'pay.done', sent[1]?.id), 'REPLY_TO_UNKNOWN_COMMAND'],
    ['is for a saga that is not here', () => answer('o9', 'pay.done', sent[0]?.id), 'REPLY_TO_UNKNOWN_SAGA'],
    ['has no key', () => ({ ...answer('o1', 'pay.done'), key: null }), 'REPLY_TO_UNKNOWN_SAGA'],
    [
      'says something other than what was asked for',
      () => ({ ...answer('o1', 'pay.done'), data: { unasked: 'yes' } }),
      'REPLY_NOT_AS_ASKED',
    ],
  ])('refuses an answer that %s, and everything that came with it (F63)', async (_, forged, code) => {
    await startAll(['o1', 'o2']);
    const both = [answer('o2', 'pay.done'), forged()];
    const handled = database.transaction((tx) => engine().handle(tx, both));
    await expect(handled).rejects.toMatchObject({ code });
    const sagas = await store.list();
    expect(sagas.map(({ step, revision }) => [step, revision])).toEqual([
      ['pay', 1],
      ['pay', 1],
    ]);
  });

  it('tells people that a step has taken effect which an operator had settled (F24)', async () => {
    await startAll(['o1']);
    await database.transaction((tx) => engine().cancel(tx, 'trip', 'o1', 'no'));
    const forced = { action: 'force', by: 'ann', reason: 'by hand' } as const;
    await database.transaction((tx) => engine().operate(tx, { saga: 'trip', id: 'o1' }, forced));
    expect((await store.find('trip', 'o1'))?.steps[0]).toMatchObject({ status: 'COMPENSATED', forced: true });
    await database.transaction((tx) => engine().handle(tx, [answer('o1', 'pay.done')]));
    expect(alerts).toEqual(['o1']);
    expect(await store.find('trip', 'o1')).toMatchObject({ status: 'COMPENSATED' });
  });

  it('rolls the transaction back where a revision has moved on', async () => {
    await startAll(['o1']);
    const stale = await store.find('trip', 'o1');
    if (!stale) throw new Error('not started');
    await database.transaction((tx) => engine().handle(tx, [answer('o1', 'pay.done')]));
    const save = database.transaction((tx) => store.saveMany(tx, [{ instance: stale, dataChanged: true }]));
    await expect(save).rejects.toMatchObject({ code: '40001' });
  });

  it('starts none inside a savepoint, nor in another database (F1)', async () => {
    const start = (tx: Transaction, id: string) => engine().start(tx, 'trip', { id, data: {} });
    await database.transaction(async (tx) => {
      const inside = tx.manager.transaction(async () => start(tx, 'inside'));
      await expect(inside).rejects.toMatchObject({ code: 'IN_SAVEPOINT' });
      start(tx, 'behind');
    });
    expect((await store.list({})).map(({ id }) => id)).toEqual(['behind']);
    const elsewhere = await createTestDatabase('elsewhere');
    const other = new Database(await createDataSource({ url: elsewhere.url, migrations: [] }).initialize());
    const foreign = other.transaction(async (tx) => start(tx, 'foreign'));
    await expect(foreign).rejects.toMatchObject({ code: 'FOREIGN_TRANSACTION' });
    expect(sent.map(({ key }) => key)).toEqual(['behind']);
    await other.onApplicationShutdown();
    await elsewhere.drop();
  });

  it('F27 instances of version 1 finish under its table beside version 2, from wherever they stand', async () => {
    const ids = ['at-pay', 'at-book', 'at-confirm', 'undoing', 'late'];
    await startAll(ids);
    const take = (by: SagaEngine, ...messages: readonly [id: string, name: string][]) =>
      database.transaction(async (tx) => {
        for (const [id, name] of messages) await by.handle(tx, [answer(id, name)]);
      });
    const one = engine();
    for (const id of ['at-book', 'at-confirm', 'undoing']) await take(one, [id, 'pay.done']);
    for (const name of ['book.done', 'ship.done']) await take(one, ['at-confirm', name]);
    for (const id of ['undoing', 'late']) await database.transaction((tx) => one.cancel(tx, 'trip', id, 'no'));

    const both = engine([definition, shorterTrip]);
    await startAll(['new'], both);
    for (const name of ['pay.done', 'book.done', 'ship.done', 'confirm.done']) await take(both, ['at-pay', name]);
    for (const name of ['book.done', 'ship.done', 'confirm.done']) await take(both, ['at-book', name]);
    await take(both, ['at-confirm', 'confirm.done']);
    for (const name of ['book.undone', 'pay.undone']) await take(both, ['undoing', name]);
    for (const name of ['pay.undone', 'pay.done', 'pay.undone']) await take(both, ['late', name]);
    for (const name of ['pay.done', 'confirm.done']) await take(both, ['new', name]);

    const ended = new Map((await store.list()).map(({ id, version, status }) => [id, `v${version} ${status}`]));
    expect(Object.fromEntries(ended)).toEqual({
      'at-pay': 'v1 COMPLETED',
      'at-book': 'v1 COMPLETED',
      'at-confirm': 'v1 COMPLETED',
      undoing: 'v1 COMPENSATED',
      late: 'v1 COMPENSATED',
      new: 'v2 COMPLETED',
    });
  });

  it('F27 starts the version it is told to, until every replica knows the newer one', async () => {
    const startedBy = async (id: string, startVersions?: Record<string, number>) => {
      const definitions = new SagaDefinitions([definition, shorterTrip], startVersions);
      const [started] = await startAll([id], engine(definitions));
      return started?.instance.version;
    };
    expect(await startedBy('o1', { trip: 1 })).toBe(1);
    expect(await startedBy('o2')).toBe(2);
    expect(() => new SagaDefinitions([definition], { trip: 2 })).toThrow('trip v2');
  });

  it('F27 leaves the deadlines of a version that it does not know to a replica that does', async () => {
    await startAll(['o1'], engine([definition, shorterTrip]));
    await startAll(['o2']);
    const refs = ['o1', 'o2'].map((id) => ({ saga: 'trip', id }));
    const passed = await database.transaction((tx) => engine().deadlinesPassed(tx, refs));
    expect(passed.map(({ id }) => id)).toEqual(['o2']);
    const taken = database.transaction((tx) => engine().handle(tx, [answer('o1', 'pay.done')]));
    await expect(taken).rejects.toMatchObject({ code: 'UNKNOWN_SAGA_VERSION' });
  });

  it('F27 refuses to boot without the version of an instance in flight', async () => {
    await startAll(['o1']);
    const versions = await store.openVersions();
    expect(() => new SagaDefinitions([shorterTrip]).requireAll(versions)).toThrow('trip v1');
  });

  it('F27 handles the replies of all versions, and refuses two that read a reply differently', () => {
    const handlers = Object.getOwnPropertyNames(sagaReplies([definition, shorterTrip]).prototype);
    expect(handlers).toEqual(expect.arrayContaining(['pay.done', 'book.undo-failed', 'confirm.done']));
    expect(handlers.filter((name) => name === 'pay.done')).toHaveLength(1);
    const other = { ...anyContract('pay.done'), version: 2, type: 'pay.done.v2' };
    const newer = defineSaga<Trip>('trip', 3, {
      steps: [{ name: 'pay', command: () => send(anyContract('pay.do'), {}), replies: [done(other)] }],
    });
    expect(() => sagaReplies([definition, newer])).toThrow('pay.done.v2');
  });
});
