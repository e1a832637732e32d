import { createTestDatabase, TcpProxy } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { createDataSource } from './create-data-source.js';
import { AmbiguousCommitError, isLostConnection, isTransientDatabaseError } from './database.errors.js';
import { Database } from './database.js';
import { migrate } from './migrate.js';
import { SharedTransactions } from './shared-transactions.js';
import type { Statement } from './statement.js';

jest.setTimeout(60_000);

const QUERY_TIMEOUT_MS = 2_000;

class SlowMigration1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE note (id int PRIMARY KEY)');
    await runner.query(`SELECT pg_sleep(${(1.5 * QUERY_TIMEOUT_MS) / 1_000})`);
  }

  async down(): Promise<void> {}
}

const insertNote: Statement = { name: 'test_insert', text: 'INSERT INTO note VALUES ($1)' };
const readNotes: Statement = { name: 'test_read', text: 'SELECT id FROM note ORDER BY id' };
const backend: Statement = { name: 'test_backend', text: 'SELECT pg_backend_pid() AS pid' };
const sleep: Statement = { name: 'test_sleep', text: `SELECT pg_sleep(${(1.5 * QUERY_TIMEOUT_MS) / 1_000})` };

/** As after a power cut, or a firewall that has forgotten the connections: no packet comes, not even a refusal. */
describe('a server that disappears without a word', () => {
  let testDatabase: TestDatabase;
  let proxy: TcpProxy;
  let database: Database;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('silent');
    proxy = await TcpProxy.start(testDatabase.url);
    const dataSource = createDataSource({
      url: proxy.url,
      migrations: [SlowMigration1700000000001],
      poolSize: 2,
      queryTimeoutMs: QUERY_TIMEOUT_MS,
    });
    await migrate(await dataSource.initialize(), testDatabase.url);
    database = new Database(dataSource);
  });

  beforeEach(() => database.query({ name: 'test_truncate', text: 'TRUNCATE note' }));

  afterAll(async () => {
    await database.onApplicationShutdown();
    await proxy.stop();
    await testDatabase.drop();
  });

  const notes = async (): Promise<readonly number[]> =>
    (await database.query<{ id: number }>(readNotes)).map(({ id }) => id);
  const pid = async (): Promise<number> => (await database.query<{ pid: number }>(backend))[0]?.pid ?? 0;
  const failureOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('fails a statement in time, and the next one has a new connection', async () => {
    const before = await pid();
    proxy.silence();
    const failure = await failureOf(database.query(readNotes));
    expect(failure).toMatchObject({ message: 'Query read timeout' });
    expect(isLostConnection(failure)).toBe(true);

    proxy.reopen();
    expect(await pid()).not.toBe(before);
  });

  it('fails all of a burst in a transaction, of which nothing is left, and the next one has a new connection', async () => {
    let before = 0;
    const failures: Promise<unknown>[] = [];
    const failure = await failureOf(
      database.transaction(async (tx) => {
        before = (await tx.query<{ pid: number }>(backend))[0]?.pid ?? 0;
        proxy.silence();
        const issued = [1, 2, 3].map((id) => tx.query(insertNote, [id]));
        failures.push(...issued.map(failureOf));
        await Promise.all(issued);
      }),
    );
    expect(failure).toMatchObject({ message: 'Query read timeout' });
    for (const each of failures) expect(isLostConnection(await each)).toBe(true);

    proxy.reopen();
    expect(await pid()).not.toBe(before);
    expect(await notes()).toEqual([]);
  });

  it('says that nobody knows what became of a COMMIT that has no answer (F36)', async () => {
    const failure = await failureOf(
      database.transaction(async (tx) => {
        await tx.query(insertNote, [1]);
        proxy.silence();
        tx.beforeCommit(() => [tx.query(insertNote, [2])]);
      }),
    );
    expect(failure).toBeInstanceOf(AmbiguousCommitError);

    proxy.reopen();
    expect(await notes()).toEqual([]); // here it never arrived
  });

  it("fails an operator's reading in time, and the next one has a new connection", async () => {
    await database.operators.query(readNotes);
    proxy.silence();
    expect(await failureOf(database.operators.query(readNotes))).toMatchObject({ message: 'Query read timeout' });

    proxy.reopen();
    expect(await database.operators.query(readNotes)).toEqual([]);
  });

  it('waits as long for what is known to take long as its statement says', async () => {
    const failure = await failureOf(database.query(sleep));
    expect(failure).toMatchObject({ message: 'Query read timeout' });

    await database.query({ ...sleep, queryTimeoutMs: 10 * QUERY_TIMEOUT_MS });
    await database.transaction((tx) => tx.query({ ...sleep, queryTimeoutMs: 10 * QUERY_TIMEOUT_MS }));
  });

  it('refuses work that has waited too long for a shared transaction, and never carries it out', async () => {
    const shared = new SharedTransactions(database, { concurrency: 1, maxWaitMs: 300 });
    let begun = (): void => {};
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    const done: number[] = [];
    const note = (id: number) =>
      failureOf(
        shared.run(async (tx) => {
          done.push(id);
          begun();
          await tx.query(insertNote, [id]);
        }),
      );
    await pid(); // a connection is open
    proxy.silence();
    const hanging = note(1);
    await hasBegun;
    const late = await Promise.all([note(2), note(3)]);
    expect(late).toMatchObject([{ code: 'TRANSACTIONS_BUSY' }, { code: 'TRANSACTIONS_BUSY' }]);
    expect(late.map(isTransientDatabaseError)).toEqual([true, true]);

    expect(isLostConnection(await hanging)).toBe(true);
    proxy.reopen();
    expect(await note(4)).toBeUndefined();
    expect(done).toEqual([1, 4]);
    expect(await notes()).toEqual([4]);
  });
});
