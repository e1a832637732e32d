import { Socket } from 'node:net';

import { createTestDatabase, Pooler, PostgresProxy } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { Client } from 'pg';
import { DataSource } from 'typeorm';

import { createDataSource } from './create-data-source.js';
import { databaseMigrations } from './database-migrations.js';
import { Database } from './database.js';
import { ensureDatabase } from './ensure-database.js';
import { migrate } from './migrate.js';
import { assertOwnSessions } from './own-sessions.js';

jest.setTimeout(60_000);

const refusal = {
  code: 'DATABASE_UNUSABLE',
  message: expect.stringMatching(/127\.0\.0\.1:\d+\/.* share their server sessions.*PostgreSQL server itself/),
};

describe('connections that share their server sessions (F77)', () => {
  let testDatabase: TestDatabase;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('sessions');
  });

  afterAll(() => testDatabase.drop());

  async function locksLeft(): Promise<unknown[]> {
    const direct = new Client({ connectionString: testDatabase.url });
    await direct.connect();
    const { rows } = await direct.query<object>(
      `SELECT pid, objid FROM pg_locks WHERE locktype = 'advisory'
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    await direct.end();
    return rows;
  }

  it.each([
    ['one session', { size: 1, next: 'used last' }],
    ['the session used last', { size: 5, next: 'used last' }],
    ['two sessions in turn', { size: 2, next: 'in turn' }],
    ['five sessions in turn', { size: 5, next: 'in turn' }],
  ] as const)('are refused before anything is set in them: a pooler that hands out %s', async (_, order) => {
    const pooler = await Pooler.start(testDatabase.url, { mode: 'transaction', ...order });
    const [database = ''] = new URL(pooler.url).pathname.slice(1).split('/');
    await expect(ensureDatabase(pooler.url, database)).rejects.toMatchObject(refusal);
    const other = new Client({ connectionString: pooler.url });
    await other.connect();
    for (let session = 0; session < order.size; session++)
      expect((await other.query('SHOW plan_cache_mode')).rows).toEqual([{ plan_cache_mode: 'auto' }]);
    await other.end();
    await pooler.stop();
  });

  it('are refused while others use the pooler', async () => {
    const pooler = await Pooler.start(testDatabase.url, { mode: 'transaction', size: 3, next: 'used last' });
    const others = await Promise.all(
      [1, 2, 3, 4].map(async () => {
        const client = new Client({ connectionString: pooler.url });
        await client.connect();
        return client;
      }),
    );
    const over = new AbortController();
    const busy = others.map(async (client) => {
      while (!over.signal.aborted) await client.query('SELECT pg_sleep(random() * 0.005)');
    });
    await expect(assertOwnSessions({ connectionString: pooler.url })).rejects.toMatchObject(refusal);
    over.abort();
    await Promise.all(busy);
    await Promise.all(others.map((client) => client.end()));
    await pooler.stop();
  });

  it('are refused at boot, whoever has made the data source, and no lock is left in one', async () => {
    const pooler = await Pooler.start(testDatabase.url, { mode: 'transaction', size: 1, next: 'used last' });
    const settings = { url: pooler.url, migrations: databaseMigrations, poolSize: 2 };
    const dataSource = await createDataSource(settings).initialize();
    await expect(migrate(dataSource, pooler.url)).rejects.toMatchObject(refusal);
    const database = new Database(dataSource);
    await expect(database.onModuleInit()).rejects.toMatchObject(refusal);
    expect(await locksLeft()).toEqual([]);
    await database.onApplicationShutdown();
    await pooler.stop();
  });

  it('are not those of a pooler in session mode, of a proxy, or of the server, and no lock is left in one', async () => {
    const pooler = await Pooler.start(testDatabase.url, { mode: 'session', size: 4, next: 'in turn' });
    const proxy = await PostgresProxy.start(testDatabase.url);
    for (const url of [pooler.url, proxy.url, testDatabase.url]) await assertOwnSessions({ connectionString: url });
    const dataSource = await createDataSource({ url: pooler.url, migrations: [], poolSize: 2 }).initialize();
    await migrate(dataSource, pooler.url);
    expect(await locksLeft()).toEqual([]);
    await dataSource.destroy();
    await Promise.all([pooler.stop(), proxy.stop()]);
  });

  const url = () => new URL(testDatabase.url);
  const parts = () => ({
    host: url().hostname,
    port: Number(url().port),
    username: url().username,
    database: url().pathname.slice(1),
  });
  const elsewhere = 'nowhere.invalid';
  const leadingTo = (port: number, host: string) => (): Socket => {
    const socket = new Socket();
    const connect = socket.connect.bind(socket);
    return Object.assign(socket, { connect: () => connect(port, host) });
  };
  const sources: Readonly<Record<string, () => DataSource>> = {
    'a password that is asked for': () =>
      new DataSource({ type: 'postgres', ...parts(), password: async () => url().password }),
    replication: () =>
      new DataSource({ type: 'postgres', replication: { master: { url: testDatabase.url }, slaves: [] } }),
    'a host that is given to pg itself': () =>
      new DataSource({
        type: 'postgres',
        ...parts(),
        password: url().password,
        host: elsewhere,
        extra: { host: parts().host },
      }),
    'sockets of its own': () =>
      new DataSource({
        type: 'postgres',
        ...parts(),
        password: url().password,
        host: elsewhere,
        extra: { stream: leadingTo(parts().port, parts().host) },
      }),
    'a pool of one': () => new DataSource({ type: 'postgres', url: testDatabase.url, poolSize: 1 }),
  };

  it.each(Object.entries(sources))('are asked for in the data source itself: %s', async (_, make) => {
    const database = new Database(await make().initialize());
    const dedicated = database.dedicatedConnection();
    const current = { name: 'test_current', text: 'SELECT current_database() AS name' };
    try {
      await database.onModuleInit();
      expect(await dedicated.query(current)).toEqual([{ name: parts().database }]);
    } finally {
      await dedicated.close();
      await database.onApplicationShutdown();
    }
  });

  it('are refused in a data source of the application, too', async () => {
    const pooler = await Pooler.start(testDatabase.url, { mode: 'transaction', size: 1, next: 'used last' });
    const { hostname, port } = new URL(pooler.url);
    const source = new DataSource({
      type: 'postgres',
      url: pooler.url.replace(`${hostname}:${port}`, elsewhere),
      extra: { stream: leadingTo(Number(port), hostname) },
    });
    const database = new Database(await source.initialize());
    await expect(database.onModuleInit()).rejects.toMatchObject({ code: 'DATABASE_UNUSABLE' });
    await database.onApplicationShutdown();
    await pooler.stop();
  });

  it('are not asked for before the data source is connected', async () => {
    const database = new Database(new DataSource({ type: 'postgres', url: testDatabase.url }));
    await expect(database.onModuleInit()).resolves.toBeUndefined();
  });
});
