import { createTestDatabase, freePort } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { Client } from 'pg';
import { DataSource } from 'typeorm';

import { createDataSource } from './create-data-source.js';
import { isDataFault, isTransientDatabaseError } from './database.errors.js';
import { Database } from './database.js';
import { GuardedClient } from './guarded-client.js';

const endOwnSession = 'SELECT pg_terminate_backend(pg_backend_pid())';

function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('whose error it is (F92)', () => {
  let testDatabase: TestDatabase;
  const open: DataSource[] = [];

  beforeAll(async () => {
    testDatabase = await createTestDatabase('errors');
  });

  afterEach(async () => {
    for (const source of open.splice(0)) if (source.isInitialized) await source.destroy();
  });

  afterAll(() => testDatabase.drop());

  const sources: Readonly<Record<string, () => DataSource>> = {
    'a data source of ours': () => createDataSource({ url: testDatabase.url, migrations: [], poolSize: 1 }),
    'a data source that the application has made': () =>
      new DataSource({
        type: 'postgres',
        url: testDatabase.url,
        poolSize: 1,
        extra: { connectionTimeoutMillis: 100 },
      }),
  };

  describe.each(Object.entries(sources))('%s', (_, make) => {
    const opened = async (): Promise<Database> => {
      const source = await make().initialize();
      open.push(source);
      return new Database(source);
    };

    it('is known by a lost connection, by whichever way the statement went', async () => {
      const database = await opened();
      const statement = { name: 'end', text: endOwnSession };
      const ways = [
        () => database.query(statement),
        () => database.transaction((tx) => tx.query(statement)),
        () => database.transaction((tx) => tx.manager.query(endOwnSession)),
        () => database.dataSource.query(endOwnSession),
        () => database.dataSource.manager.transaction((manager) => manager.query(endOwnSession)),
      ];
      for (const way of ways) expect([way, isTransientDatabaseError(await failureOf(way()))]).toEqual([way, true]);
    });

    it('is known by a connection that is lost between two statements, whatever TypeORM then says of it', async () => {
      const database = await opened();
      const observer = new Client({ connectionString: testDatabase.url });
      await observer.connect();
      const failure = await failureOf(
        database.transaction(async ({ manager }) => {
          const [session] = await manager.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
          await observer.query('SELECT pg_terminate_backend($1)', [session?.pid]);
          while (manager.queryRunner?.isReleased === false) await new Promise((resolve) => setImmediate(resolve));
          await manager.query('SELECT 1');
        }),
      );
      await observer.end();
      expect(failure).toMatchObject({ cause: { message: expect.stringContaining('already released') as string } });
      expect(isTransientDatabaseError(failure)).toBe(true);
    });

    it("is the work's own where that has released its connection", async () => {
      const database = await opened();
      const failure = await failureOf(
        database.transaction(async ({ manager }) => {
          await manager.queryRunner?.release();
          await manager.query('SELECT 1');
        }),
      );
      expect(failure).toMatchObject({ message: expect.stringContaining('already released') as string });
      expect(isTransientDatabaseError(failure)).toBe(false);
    });

    it('is known by data that it can not store', async () => {
      const database = await opened();
      const failure = await failureOf(database.transaction((tx) => tx.manager.query("SELECT 'x'::uuid")));
      expect(isDataFault(failure)).toBe(true);
    });

    it('is known by a pool in which no connection becomes free', async () => {
      const database = await opened();
      const failure = await database.transaction(() => failureOf(database.dataSource.query('SELECT 1')));
      expect(failure).toMatchObject({ message: expect.stringContaining('timeout') as string });
      expect(isTransientDatabaseError(failure)).toBe(true);
    }, 20_000);
  });

  it('is known by a connection that is refused', async () => {
    const client = new GuardedClient({ host: '127.0.0.1', port: await freePort() });
    expect(isTransientDatabaseError(await failureOf(client.connect()))).toBe(true);
  });

  it("is nobody's of ours where a call to something else is refused, be it another PostgreSQL", async () => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    expect(isTransientDatabaseError(await failureOf(fetch(url)))).toBe(false);
    const refused = new Client({ host: '127.0.0.1', port: await freePort() });
    expect(isTransientDatabaseError(await failureOf(refused.connect()))).toBe(false);
    const other = new Client({ connectionString: testDatabase.url });
    other.on('error', () => {});
    await other.connect();
    const failure = await failureOf(other.query(endOwnSession));
    expect([failure, isTransientDatabaseError(failure)]).toEqual([expect.objectContaining({ code: '57P01' }), false]);
  });
});
