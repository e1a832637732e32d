import { createDataSource, Database, type Transaction } from '@waybill/database';
import { createTestDatabase, type TestDatabase } from '@waybill/embedded/testing';
import type { NewMessage, ReceivedMessage } from '@waybill/messaging';

import { sagaMigrations } from './migrations/saga-migrations.js';
import { SagaDeadlines } from './saga-deadlines.js';
import { SagaDefinitions } from './saga-definitions.js';
import { SagaEngine } from './saga-engine.js';
import type { SagaProgress } from './saga-progress.js';
import { SagaStore } from './saga-store.js';
import { trip } from './testing/trip.js';

let testDatabase: TestDatabase;
let database: Database;
let store: SagaStore;
let now = 1_000_000;
let sent: NewMessage[] = [];
const definition = trip();

const engine = (definitions = [definition]) =>
  new SagaEngine(new SagaDefinitions(definitions), store, {
    outbox: { add: (_: Transaction, ...messages: NewMessage[]) => void sent.push(...messages) },
    alert: { compensationFailed: () => {} },
    clock: () => now,
    deadlineSet: () => {},
  });

/** @param causationId of the command that it answers; without it the answer doesn't say. */
function answer(id: string, name: string, causationId?: string): ReceivedMessage {
  const record = { topic: 't', partition: 0, position: '0', key: null, value: null, headers: {}, timestampMs: 0 };
  const cause = causationId === undefined ? {} : { causationId };
  const envelope = { id: `${id}-${name}`, source: '/x', type: `${name}.v1`, time: '', correlationId: id, ...cause };
  return { envelope, data: {}, key: id, attempt: 1, record };
}

const startAll = (ids: readonly string[], by = engine(), version = definition) =>
  database.transaction(async (tx) => ids.map((id) => by.start(tx, version, { id, data: {} })));

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
      expect(handled.orphans).toEqual([]);
    }
    const sagas = await store.list({ limit: 100 });
    expect(sagas.map(({ status }) => status)).toEqual(ids.map(() => 'COMPLETED'));
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
    const verdicts = [await first, await second, await take('pay.done')].map(({ progress }) => progress[0]?.verdict);
    expect(verdicts).toEqual(['taken', 'ignored', 'ignored']);
    expect((await store.find('trip', 'o1'))?.revision).toBe(2);
    expect(sent.map(({ contract }) => contract.name)).toEqual(['pay.do', 'book.do']);
  });

  it('takes the answer to a command that was sent, by its causation id, and one that names none by the state alone', async () => {
    await startAll(['o1']);
    const verdictOn = async (name: string, causationId?: string) => {
      const message = answer('o1', name, causationId);
      return (await database.transaction((tx) => engine().handle(tx, [message]))).progress[0]?.verdict;
    };
    expect(await verdictOn('pay.done', 'a-command-of-nobody')).toBe('ignored');
    expect(await verdictOn('pay.done', sent[0]?.id)).toBe('taken');
    expect(await verdictOn('book.done', sent[0]?.id)).toBe('ignored');
    expect(await verdictOn('book.done')).toBe('taken');
  });

  it('rolls the transaction back where a revision has moved on', async () => {
    await startAll(['o1']);
    const stale = await store.find('trip', 'o1');
    if (!stale) throw new Error('not started');
    await database.transaction((tx) => engine().handle(tx, [answer('o1', 'pay.done')]));
    const save = database.transaction((tx) => store.saveMany(tx, [{ instance: stale, dataChanged: true }]));
    await expect(save).rejects.toMatchObject({ code: '40001' });
  });

  it('F25 fires a deadline once on two replicas', async () => {
    await startAll(['o1', 'o2', 'o3']);
    now += 60_001;
    const heard: SagaProgress[] = [];
    const listener = {
      sagasProgressed: async (_: Transaction, progress: readonly SagaProgress[]) => void heard.push(...progress),
    };
    const replicas = [1, 2].map(
      () => new SagaDeadlines({ database, engine: engine(), store, listener, clock: () => now }, { batchSize: 1 }),
    );
    const before = sent.length;
    replicas.forEach((replica) => replica.start());
    for (let next = await store.nextDeadline(); next !== null && next <= now;) next = await store.nextDeadline();
    await Promise.all(replicas.map((replica) => replica.stop()));
    expect(heard.map(({ id }) => id).sort()).toEqual(['o1', 'o2', 'o3']);
    expect(sent.slice(before).map(({ contract }) => contract.name)).toEqual(['pay.undo', 'pay.undo', 'pay.undo']);
  });

  it('F27 an instance of version 1 goes on beside version 2, and a boot without version 1 is refused', async () => {
    await startAll(['o1']);
    const both = engine([definition, trip(2)]);
    await database.transaction((tx) => both.handle(tx, [answer('o1', 'pay.done')]));
    expect(await store.find('trip', 'o1')).toMatchObject({ version: 1, step: 'book' });
    const versions = await store.openVersions();
    expect(() => new SagaDefinitions([trip(2)]).requireAll(versions)).toThrow('trip v1');
  });

  it('reports an answer that no saga awaits as an orphan', async () => {
    const message = answer('nobody', 'pay.done');
    const handled = await database.transaction((tx) => engine().handle(tx, [message]));
    expect(handled).toEqual({ progress: [], orphans: [message] });
  });
});
