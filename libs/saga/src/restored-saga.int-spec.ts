import { createDataSource, Database, type Transaction } from '@waybill/database';
import { createTestDatabase, type TestDatabase } from '@waybill/embedded/testing';
import type { NewMessage, ReceivedMessage, Restoration } from '@waybill/messaging';

import { sagaMigrations } from './migrations/saga-migrations.js';
import { SagaDefinitions } from './saga-definitions.js';
import { SagaEngine } from './saga-engine.js';
import { SagaStore } from './saga-store.js';
import { trip } from './testing/trip.js';

let testDatabase: TestDatabase;
let database: Database;
let store: SagaStore;
let sent: NewMessage[] = [];

/** @param foundAt when the copy was found to be one */
const engine = (state: Restoration['state'], foundAt = new Date(Date.now() + 60_000)) =>
  new SagaEngine(new SagaDefinitions([trip()]), store, {
    outbox: {
      add: (_: Transaction, ...messages: NewMessage[]) => void sent.push(...messages),
      unpublishedAmong: async () => new Set<string>(),
      refusedAmong: async () => new Map<string, string>(),
    },
    alert: { compensationFailed: () => {} },
    deadlineSet: () => {},
    restoration: () => (state === 'none' || state === 'unknown' ? { state } : { state, foundAt }),
  });

/** @param answers the command: by default the last one of its kind that was sent. */
function answer(name: string, answers?: string): ReceivedMessage {
  const record = { topic: 't', partition: 0, position: '0', key: null, value: null, headers: {}, timestampMs: 0 };
  const causationId =
    answers ?? sent.findLast(({ contract }) => contract.name === `${name.split('.')[0]}.do`)?.id ?? 'none';
  const envelope = { id: name, source: '/x', type: `${name}.v1`, time: '', correlationId: 'o1', causationId };
  return { envelope, data: {}, key: 'o1', attempt: 1, record };
}

const take = (name: string, state: Restoration['state'], answers?: string, foundAt?: Date) =>
  database.transaction((tx) => engine(state, foundAt).handle(tx, [answer(name, answers)]));

beforeAll(async () => {
  testDatabase = await createTestDatabase('sagarestored');
  const source = await createDataSource({ url: testDatabase.url, migrations: sagaMigrations }).initialize();
  await source.runMigrations();
  database = new Database(source);
  store = new SagaStore(database);
});

beforeEach(async () => {
  sent = [];
  await database.query({ name: 'clear', text: 'DELETE FROM saga_instance' });
  await database.transaction(async (tx) => engine('none').start(tx, 'trip', { id: 'o1', data: {} }));
});

afterAll(async () => {
  await database.onApplicationShutdown();
  await testDatabase.drop();
});

describe('a saga whose database may be an older copy (F71)', () => {
  it('lets no answer lead past the pivot before the copy has read everything again, which may turn the saga round', async () => {
    await take('pay.done', 'reading-again');
    await take('book.done', 'reading-again');
    await expect(take('ship.done', 'reading-again')).rejects.toMatchObject({ code: 'RESTORATION_UNDER_WAY' });
    expect(await store.find('trip', 'o1')).toMatchObject({ status: 'RUNNING', step: 'ship' });
    await expect(take('pay.undone', 'none', 'c0')).rejects.toMatchObject({ code: 'REPLY_TO_UNKNOWN_COMMAND' });
    await take('pay.undone', 'reading-again', 'c0');
    await take('ship.done', 'read-again'); // when it is tried again
    expect(await store.find('trip', 'o1')).toMatchObject({ status: 'COMPENSATING', failure: { code: 'RECORD_LOST' } });
  });

  it('decides nothing by an undoing, and lets nothing past the pivot, before anybody knows whether it is one', async () => {
    const postponed = { code: 'RESTORATION_UNDER_WAY' };
    await expect(take('pay.undone', 'unknown', 'c0')).rejects.toMatchObject(postponed);
    await take('pay.done', 'unknown');
    await take('book.done', 'unknown');
    await expect(take('ship.done', 'unknown')).rejects.toMatchObject(postponed);
    await expect(take('book.done', 'unknown', 'c0')).rejects.toMatchObject({ code: 'REPLY_TO_UNKNOWN_COMMAND' });
    expect(await store.find('trip', 'o1')).toMatchObject({ status: 'RUNNING', step: 'ship' });
    await take('ship.done', 'none');
    expect(await store.find('trip', 'o1')).toMatchObject({ status: 'RUNNING', step: 'confirm' });
  });

  it('lets an answer lead past the pivot once the copy has read everything again', async () => {
    for (const name of ['pay.done', 'book.done', 'ship.done']) await take(name, 'read-again');
    expect(await store.find('trip', 'o1')).toMatchObject({ status: 'RUNNING', step: 'confirm' });
  });

  it('neither believes an undoing nor stops before the pivot where the saga is younger than the restore', async () => {
    const before = new Date(Date.now() - 60_000);
    for (const name of ['pay.done', 'book.done']) await take(name, 'reading-again', undefined, before);
    const forged = take('pay.undone', 'reading-again', 'c0', before);
    await expect(forged).rejects.toMatchObject({ code: 'REPLY_TO_UNKNOWN_COMMAND' });
    await take('ship.done', 'reading-again', undefined, before);
    expect(await store.find('trip', 'o1')).toMatchObject({ status: 'RUNNING', step: 'confirm' });
  });
});
