import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';

import { createDataSource } from './create-data-source.js';
import { Database } from './database.js';
import { SharedTransactions } from './shared-transactions.js';
import type { Statement } from './statement.js';
import type { Transaction } from './transaction.js';

const createNotes: Statement = { name: 'test_create', text: 'CREATE TABLE note (id int PRIMARY KEY)' };
const insertNote: Statement = { name: 'test_insert', text: 'INSERT INTO note VALUES ($1) RETURNING xmin::text' };
const readNotes: Statement = { name: 'test_read', text: 'SELECT id FROM note ORDER BY id' };

describe('SharedTransactions', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let shared: SharedTransactions;

  beforeEach(async () => {
    testDatabase = await createTestDatabase('shared');
    const dataSource = createDataSource({ url: testDatabase.url, migrations: [], poolSize: 4 });
    database = new Database(await dataSource.initialize());
    await database.query(createNotes);
    shared = new SharedTransactions(database, { maxWork: 10, concurrency: 1 });
  });

  afterEach(async () => {
    await database.onApplicationShutdown();
    await testDatabase.drop();
  });

  /** @returns the id of the transaction that wrote it */
  const note =
    (id: number) =>
    async (tx: Transaction): Promise<string> =>
      (await tx.query<{ xmin: string }>(insertNote, [id]))[0]?.xmin ?? '';
  const notes = async (): Promise<readonly number[]> =>
    (await database.query<{ id: number }>(readNotes)).map(({ id }) => id);

  it('commits work that arrives together in one transaction, up to a bound', async () => {
    const transactions = await Promise.all(Array.from({ length: 25 }, (_, id) => shared.run(note(id))));

    expect(await notes()).toHaveLength(25);
    expect(new Set(transactions).size).toBe(3);
  });

  it('resolves only after the commit', async () => {
    const seen = await Promise.all([1, 2].map(async (id) => shared.run(note(id)).then(notes)));

    expect(seen).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('fails alone what fails before it has touched the transaction, and runs the others once', async () => {
    let runs = 0;
    const results = await Promise.allSettled([
      shared.run(async (tx) => {
        runs += 1;
        return note(1)(tx);
      }),
      shared.run(async () => Promise.reject(new Error('an unknown sku'))),
      shared.run(note(3)),
    ]);

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await notes()).toEqual([1, 3]);
    expect(runs).toBe(1);
  });

  it('rolls back what failed after it had touched the transaction, and commits the others', async () => {
    const results = await Promise.allSettled([
      shared.run(note(1)),
      shared.run(async (tx) => {
        await note(2)(tx);
        throw new Error('changed its mind');
      }),
      shared.run(note(3)),
    ]);

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { message: 'changed its mind' } });
    expect(await notes()).toEqual([1, 3]);
  });

  it('does not commit what a refused piece of work left with a collector of the transaction', async () => {
    const pending = (tx: Transaction): number[] => {
      const ids: number[] = [];
      tx.beforeCommit(() => ids.map((each) => tx.query(insertNote, [each])));
      return ids;
    };
    const collect = (tx: Transaction, id: number) => tx.session(pending).push(id);
    const results = await Promise.allSettled([
      shared.run(async (tx) => collect(tx, 1)),
      shared.run(async (tx) => {
        collect(tx, 2);
        throw new Error('changed its mind');
      }),
    ]);

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await notes()).toEqual([1]);
  });

  it('never does again what has committed, whatever fails afterwards', async () => {
    let runs = 0;
    const work = (id: number) => async (tx: Transaction) => {
      runs += 1;
      await note(id)(tx);
      tx.afterCommit(() => {
        throw new Error('a broken listener');
      });
    };
    await Promise.allSettled([shared.run(work(1)), shared.run(work(2))]);

    expect(runs).toBe(2);
    expect(await notes()).toEqual([1, 2]);
  });

  it('fails all at once where there is no connection to be had', async () => {
    let attempts = 0;
    const down = new SharedTransactions({
      transaction: async () => {
        attempts += 1;
        throw new Error('timeout exceeded when trying to connect');
      },
    });
    const results = await Promise.allSettled([1, 2, 3].map((id) => down.run(note(id))));

    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(attempts).toBe(1);
  });

  it('commits the others where a statement that travels with COMMIT is refused', async () => {
    await database.query(insertNote, [2]);
    const late = (id: number) => async (tx: Transaction) => tx.beforeCommit(() => [tx.query(insertNote, [id])]);

    const results = await Promise.allSettled([1, 2, 3].map((id) => shared.run(late(id))));

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await notes()).toEqual([1, 2, 3]);
  });

  it('refuses, of those that were rolled back together, what waited too long to be run again', async () => {
    const impatient = new SharedTransactions(database, { concurrency: 1, maxWaitMs: 500 });
    let runs = 0;
    const results = await Promise.allSettled([
      impatient.run(async (tx) => {
        runs += 1;
        await note(1)(tx);
        if (runs === 1) throw new Error('fails all of them');
        await delay(600);
      }),
      impatient.run(note(2)),
    ]);

    expect(results).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'TRANSACTIONS_BUSY' } }]);
    expect(await notes()).toEqual([1]);
  });

  it('runs each work in the asynchronous context of its caller', async () => {
    const context = new AsyncLocalStorage<string>();
    const seen = await Promise.all(
      ['a', 'b'].map((name) => context.run(name, () => shared.run(async () => context.getStore()))),
    );

    expect(seen).toEqual(['a', 'b']);
  });
});
