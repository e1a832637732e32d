import { setTimeout as sleep } from 'node:timers/promises';

import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { Client } from 'pg';
import { EntitySchema } from 'typeorm';

import { createDataSource } from './create-data-source.js';
import { HookTooLateError, isTransientDatabaseError, SavepointError } from './database.errors.js';
import { Database } from './database.js';
import type { WriteStatement } from './shared-statement.js';
import type { Statement } from './statement.js';
import type { Transaction } from './transaction.js';

jest.setTimeout(60_000);

interface Note {
  readonly id: number;
  readonly text: string;
}

const NoteSchema = new EntitySchema<Note>({
  name: 'notes',
  columns: { id: { type: Number, primary: true }, text: { type: String } },
});
const insertNote: Statement = { name: 'test_insert_note', text: 'INSERT INTO notes (id, text) VALUES ($1, $2)' };
const countNotes: Statement = { name: 'test_count_notes', text: 'SELECT count(*)::int AS n FROM notes' };

describe('what a transaction keeps for its end', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let observer: Client;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('database');
    const dataSource = createDataSource({ url: testDatabase.url, migrations: [], poolSize: 4 });
    dataSource.setOptions({ entities: [NoteSchema] });
    database = new Database(await dataSource.initialize());
    observer = new Client({ connectionString: testDatabase.url });
    await observer.connect();
    await observer.query('CREATE TABLE notes (id int PRIMARY KEY, text text NOT NULL)');
  });

  beforeEach(() => observer.query('TRUNCATE notes'));

  afterAll(async () => {
    await observer.end();
    await database.onApplicationShutdown();
    await testDatabase.drop();
  });

  const notes = async (): Promise<number> => (await database.query<{ n: number }>(countNotes))[0]?.n ?? -1;

  it('is said to have committed where a hook that waits fails behind COMMIT, and has nothing run again', async () => {
    const told: string[] = [];
    const failing = (id: number, error: Error) =>
      database.transaction(async (tx) => {
        tx.afterCommit(() => told.push(`committed ${id}`));
        tx.beforeCommit(() => [tx.query(insertNote, [id, 'flushed']), sleep(20).then(() => Promise.reject(error))]);
      });
    const refused = failing(1, new Error('refused late'));
    await expect(refused).rejects.toThrow(HookTooLateError);
    await expect(refused).rejects.toThrow(/has committed.*refused late/);
    const lost = await failing(2, new Error('Connection terminated')).catch((error: unknown) => error);
    expect(isTransientDatabaseError(lost)).toBe(false);
    expect(told).toEqual(['committed 1', 'committed 2']);
    expect(await notes()).toBe(2);
    const tooLate = database.transaction(async (tx) => {
      tx.beforeCommit(() => [sleep(20).then(() => tx.query(insertNote, [3, 'behind COMMIT']))]);
    });
    await expect(tooLate).rejects.toMatchObject({ code: 'HOOK_TOO_LATE', cause: { code: 'NOT_IN_TRANSACTION' } });
    expect(await notes()).toBe(2);
  });

  it('is refused inside a savepoint, whose rollback would not take it back (F1)', async () => {
    const written: WriteStatement = { ...insertNote, name: 'test_write_note', tables: ['notes'] };
    const told: string[] = [];
    const keep: readonly ((tx: Transaction) => unknown)[] = [
      (tx) => tx.session(() => []),
      (tx) => tx.beforeCommit(() => [tx.query(insertNote, [1, 'never'])]),
      (tx) => tx.writeBeforeCommit(() => [tx.query(insertNote, [1, 'never'])]),
      (tx) => tx.afterCommit(() => told.push('never')),
    ];
    await database.transaction(async (tx) => {
      for (const kept of keep) {
        const inside = tx.manager.transaction(async () => kept(tx));
        await expect(inside).rejects.toThrow(SavepointError);
      }
      const declined = tx.manager.transaction(async (manager) => {
        await manager.query('SELECT 1');
        void tx.write(written, [2, 'written, and not awaited']);
        throw new Error('declined');
      });
      await expect(declined).rejects.toThrow('declined');
      await tx.manager.transaction((manager) => manager.getRepository(NoteSchema).save({ id: 3, text: 'inside' }));
      tx.beforeCommit(() => [tx.query(insertNote, [4, 'behind a savepoint'])]);
      tx.afterCommit(() => told.push('committed'));
    });
    expect(told).toEqual(['committed']);
    const { rows } = await observer.query('SELECT id FROM notes ORDER BY id');
    expect(rows).toEqual([{ id: 3 }, { id: 4 }]);
  });
});
