import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';

import { createDataSource } from './create-data-source.js';
import { CommitRefusedError, NotInTransactionError } from './database.errors.js';
import { Database } from './database.js';
import type { ReadStatement, WriteStatement } from './shared-statement.js';
import type { Statement } from './statement.js';
import type { Transaction } from './transaction.js';

jest.setTimeout(60_000);

const insertNotes: WriteStatement = {
  name: 'test_insert_notes',
  tables: ['notes'],
  text: 'INSERT INTO notes (id, text) SELECT * FROM unnest($1::int[], $2::text[])',
};
const renameNotes: WriteStatement = {
  name: 'test_rename_notes',
  tables: ['notes'],
  text: 'UPDATE notes SET text = $2::text WHERE id = ANY ($1::int[])',
};
/** What it selects from writes, too. */
const count: WriteStatement = {
  name: 'test_count',
  tables: ['counter'],
  with: { test_counted: 'UPDATE counter SET n = n + $1::int RETURNING n' },
  text: 'SELECT 1 / (SELECT CASE WHEN n > $2::int THEN 0 ELSE n END FROM test_counted)', // fails above $2
};
const lock: WriteStatement = { name: 'test_lock', tables: [], text: 'SELECT pg_advisory_xact_lock($1::int)' };
const claimNotes: ReadStatement = {
  name: 'test_claim_notes',
  returns: 'rows',
  tables: ['notes'],
  text: `INSERT INTO notes (id, text) SELECT * FROM unnest($1::int[], $2::text[]) ON CONFLICT DO NOTHING RETURNING id, text`,
};
const lockCounter: ReadStatement = {
  name: 'test_lock_counter',
  returns: 'rows',
  tables: ['counter'],
  text: `SELECT n, n > $1::int AS high, n / 2::float8 AS half, NULL AS nothing, '{"a": [1]}'::json AS made FROM counter FOR UPDATE`,
};
const readNotes: ReadStatement = {
  name: 'test_read_notes',
  returns: 'rows',
  tables: ['notes'],
  text: 'SELECT id FROM notes',
};
/** A session that waits for a lock. */
const waiting: Statement = {
  name: 'test_waiting',
  text: `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
};
const look: Statement = {
  name: 'test_look',
  text: `SELECT (SELECT string_agg(text, ' ' ORDER BY id) FROM notes) AS notes, (SELECT n FROM counter) AS n,
    (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks`,
};
const prepared: Statement = {
  name: 'test_prepared',
  text: `SELECT name FROM pg_prepared_statements WHERE name LIKE 'test\\_%' ORDER BY prepare_time`,
};

describe('writes of a transaction', () => {
  let testDatabase: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('writes');
  });
  /** One connection, on which nothing is prepared yet. */
  beforeEach(async () => {
    const dataSource = createDataSource({ url: testDatabase.url, migrations: [], poolSize: 1 });
    database = new Database(await dataSource.initialize());
    await dataSource.query(`
      DROP TABLE IF EXISTS notes, counter;
      CREATE TABLE notes (id int PRIMARY KEY, text text);
      CREATE TABLE counter AS SELECT 1 AS n`);
  });
  afterEach(() => database.onApplicationShutdown());
  afterAll(() => testDatabase.drop());

  const state = async (tx?: Transaction) => (await (tx ?? database).query(look))[0];
  const statements = async (tx: Transaction) => (await tx.query(prepared)).map(({ name }) => name);

  it('share one statement where they follow each other, and are seen by the query after them', async () => {
    await database.transaction(async (tx) => {
      const written = Promise.all([
        tx.write(insertNotes, [
          [1, 2],
          ['a', 'b'],
        ]),
        tx.write(count, [4, 9]),
        tx.write(lock, [77]),
      ]);
      expect(await state(tx)).toEqual({ notes: 'a b', n: 5, locks: 1 });
      await written;
      expect(await statements(tx)).toEqual(['test_insert_notes+test_count+test_lock', 'test_look', 'test_prepared']);
    });
    expect(await state()).toMatchObject({ notes: 'a b', n: 5 });
  });

  it('and reads share one statement, whose rows each read gets as its own', async () => {
    await database.transaction(async (tx) => {
      await tx.write(insertNotes, [[1], ['a']]);
      const [claimed, counter] = await Promise.all([
        tx.read(claimNotes, [
          [1, 2, 3],
          ['a', `"b'`, 'c'],
        ]),
        tx.read(lockCounter, [0]),
        tx.write(lock, [77]),
      ]);
      expect(claimed).toEqual([
        { id: 2, text: `"b'` },
        { id: 3, text: 'c' },
      ]);
      expect(counter).toEqual([{ n: 1, high: true, half: 0.5, nothing: null, made: { a: [1] } }]);
      expect(await state(tx)).toMatchObject({ n: 1, locks: 1 });
      expect(await statements(tx)).toContain('test_claim_notes+test_lock_counter+test_lock');
    });
  });

  it('and reads are as of one moment: one that waits for a lock has its row as it is then, and the others nothing newer', async () => {
    const dataSource = createDataSource({ url: testDatabase.url, migrations: [], poolSize: 2 });
    const other = new Database(await dataSource.initialize());
    let commit = (): void => {};
    let rival: Promise<unknown> = Promise.resolve();
    await new Promise<void>((hasWritten) => {
      rival = database.transaction(async (tx) => {
        await tx.write(insertNotes, [[9], ['new']]);
        await tx.write(count, [4, 9]);
        hasWritten();
        await new Promise<void>((resolve) => (commit = resolve));
      });
    });
    try {
      await other.transaction(async (tx) => {
        const reading = Promise.all([tx.read(lockCounter, [0]), tx.read(readNotes, [])]);
        while ((await other.query(waiting)).length === 0);
        commit();
        expect(await reading).toMatchObject([[{ n: 5 }], []]);
        expect(await tx.read(readNotes, [])).toEqual([{ id: 9 }]);
      });
      await rival;
    } finally {
      await other.onApplicationShutdown();
    }
  });

  it('go out at the end of the tick by themselves, and one that is alone as it is written', async () => {
    await database.transaction(async (tx) => {
      await tx.write(count, [4, 9]);
      expect(await statements(tx)).toEqual(['test_count', 'test_prepared']);
    });
  });

  it('see each other where they name the same table', async () => {
    await database.transaction(async (tx) => {
      tx.writeBeforeCommit(() => [tx.write(insertNotes, [[1], ['a']]), tx.write(renameNotes, [[1], 'renamed'])]);
    });
    expect(await state()).toMatchObject({ notes: 'renamed' });
  });

  it('of hooks that only write come first at the end and share one statement, whatever hooks are given between', async () => {
    let seen: Promise<unknown> | undefined;
    await database.transaction(async (tx) => {
      tx.writeBeforeCommit(() => [tx.write(insertNotes, [[1], ['a']])]);
      tx.beforeCommit(() => [tx.write(lock, [77]), (seen = Promise.all([state(tx), statements(tx)]))]);
      tx.writeBeforeCommit(() => [tx.write(count, [1, 9])]);
    });
    expect(await seen).toEqual([
      { notes: 'a', n: 2, locks: 1 },
      ['test_insert_notes+test_count+test_lock', 'test_look', 'test_prepared'],
    ]);
  });

  it('fail together, with the translation that one of them has for the error', async () => {
    const translated = (error: unknown): never => {
      throw new RangeError('counted too far', { cause: error });
    };
    const failed = database.transaction(async (tx) => {
      tx.writeBeforeCommit(() => [tx.write(insertNotes, [[1], ['a']]), tx.write(count, [9, 5]).catch(translated)]);
    });
    await expect(failed).rejects.toThrow('counted too far');
    const swallowed = database.transaction(async (tx) => {
      const written = [tx.write(insertNotes, [[1], ['a']]), tx.write(count, [9, 5])];
      expect((await Promise.allSettled(written)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    });
    await expect(swallowed).rejects.toBeInstanceOf(CommitRefusedError);
    expect(await state()).toEqual({ notes: null, n: 1, locks: 0 });
  });

  it('are refused where two have the same name, or where the rows of one that is read would not be found', async () => {
    const rival: ReadStatement = { ...claimNotes, text: 'SELECT 1 AS id' };
    const folded: ReadStatement = { name: 'test_Folded', returns: 'rows', tables: [], text: 'SELECT 1 AS one' };
    const reading = (statement: ReadStatement, values: readonly unknown[]) =>
      database.transaction((tx) => tx.read(statement, values));
    expect(await reading(claimNotes, [[1], ['a']])).toHaveLength(1);
    await expect(reading(rival, [])).rejects.toThrow('Two statements have the name test_claim_notes');
    await expect(reading(folded, [])).rejects.toThrow('No rows of test_Folded'); // PostgreSQL has it in lower case
  });

  it('are rolled back with the transaction, and refused after its end', async () => {
    let ended: Transaction | undefined;
    const failed = database.transaction(async (tx) => {
      ended = tx;
      void tx.write(insertNotes, [[1], ['a']]);
      throw new RangeError('no');
    });
    await expect(failed).rejects.toThrow(RangeError);
    await expect(ended?.write(insertNotes, [[1], ['a']])).rejects.toBeInstanceOf(NotInTransactionError);
    expect(await state()).toEqual({ notes: null, n: 1, locks: 0 });
  });
});
