import { Logger } from '@nestjs/common';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { Client } from 'pg';

import { createDataSource } from './create-data-source.js';
import { databaseMigrations } from './database-migrations.js';
import { isTransientDatabaseError } from './database.errors.js';
import { Database } from './database.js';
import { migrate } from './migrate.js';
import type { Statement } from './statement.js';

const insertNote: Statement = { name: 'test_insert', text: 'INSERT INTO note VALUES ($1)' };
const backend: Statement = { name: 'test_backend', text: 'SELECT pg_backend_pid() AS pid' };
const notify: Statement = { name: 'test_notify', text: "SELECT pg_notify('failover', 'x')" };

/** A server that stopped taking writes: what a fenced-off primary looks like to connections that stayed with it. */
describe('a server that has become read-only', () => {
  let testDatabase: TestDatabase;
  let admin: Client;
  let database: Database;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    testDatabase = await createTestDatabase('failover');
    admin = new Client({ connectionString: testDatabase.url });
    await admin.connect();
    const dataSource = createDataSource({ url: testDatabase.url, migrations: databaseMigrations, poolSize: 4 });
    await migrate(await dataSource.initialize(), testDatabase.url);
    database = new Database(dataSource);
    await admin.query('CREATE TABLE note (id int)');
  });

  afterEach(() => become('read-write'));

  afterAll(async () => {
    await database.onApplicationShutdown();
    await admin.end();
    await testDatabase.drop();
  });

  /** For connections to come. */
  async function become(kind: 'read-only' | 'read-write'): Promise<void> {
    const name = new URL(testDatabase.url).pathname.slice(1);
    await admin.query(
      `ALTER DATABASE "${name}" SET default_transaction_read_only = ${kind === 'read-only' ? 'on' : 'off'}`,
    );
  }

  /** For one that is open. */
  const setReadOnly: Statement = { name: 'test_read_only', text: 'SET default_transaction_read_only = on' };

  /** The open connections of the pool, each in a transaction of its own, so that none is counted twice. */
  async function poolPids(): Promise<readonly number[]> {
    const pids: number[] = [];
    let release = (): void => {};
    const all = new Promise<void>((resolve) => (release = resolve));
    await Promise.all(
      Array.from({ length: 4 }, () =>
        database.transaction(async (tx) => {
          pids.push((await tx.query<{ pid: number }>(backend))[0]?.pid ?? 0);
          if (pids.length === 4) release();
          await all;
        }),
      ),
    );
    return pids;
  }

  it('is left by all connections at the first write that it refuses, and by each but once (F69)', async () => {
    const before = await poolPids();
    await database.query(setReadOnly);

    const refusals = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7, 8].map((id) =>
        database
          .transaction((tx) => tx.query(insertNote, [id]))
          .then(
            () => 'done',
            (error: unknown) => (isTransientDatabaseError(error) ? 'transient' : error),
          ),
      ),
    );

    expect(refusals.filter((outcome) => outcome !== 'done' && outcome !== 'transient')).toEqual([]);
    expect(refusals).toContain('transient');
    const after = await poolPids();
    expect(after.filter((pid) => before.includes(pid))).toEqual([]);
  });

  it('gets no new connections, wherever they are opened, until it takes writes again (F69)', async () => {
    await become('read-only');
    const dedicated = database.dedicatedConnection();
    await database.query(setReadOnly);
    await expect(database.checkWritable()).rejects.toMatchObject({ code: '25006' });

    const refused = { code: '25006', message: expect.stringContaining('default_transaction_read_only') };
    await refusal(() => database.transaction((tx) => tx.query(backend))); // an idle connection hears of it in a moment
    await expect(database.transaction((tx) => tx.query(backend))).rejects.toMatchObject(refused);
    await expect(database.query(backend)).rejects.toMatchObject(refused);
    await expect(dedicated.query(backend)).rejects.toMatchObject(refused);
    await expect(database.checkWritable()).rejects.toMatchObject({ code: '25006' });

    await become('read-write');
    await expect(database.query(backend)).resolves.toHaveLength(1);
    await expect(dedicated.query(backend)).resolves.toHaveLength(1);
    await expect(database.checkWritable()).resolves.toBeUndefined();
    await dedicated.close();
  });

  it('is left by dedicated connections and listeners too, which hear again afterwards (F69)', async () => {
    let listening = 0;
    let heard = 0;
    const listener = database.notificationListener({
      channel: 'failover',
      onNotification: () => (heard += 1),
      onListening: () => (listening += 1),
    });
    const dedicated = database.dedicatedConnection();
    const [before] = await dedicated.query<{ pid: number }>(backend);
    listener.start();
    await until(() => listening === 1);

    await database.query(setReadOnly);
    await expect(database.query(insertNote, [1])).rejects.toMatchObject({ code: '25006' });

    await until(() => listening === 2);
    await database.query(notify);
    await until(() => heard === 1);
    const [after] = await dedicated.query<{ pid: number }>(backend);
    expect(after?.pid).not.toBe(before?.pid);
    await Promise.all([listener.stop(), dedicated.close()]);
  });

  it('keeps a connection whose statement was cancelled (57014)', async () => {
    const dedicated = database.dedicatedConnection({ setUp: ['SET statement_timeout = 50'] });
    const [before] = await dedicated.query<{ pid: number }>(backend);
    const sleeping = dedicated.query({ name: 'test_sleep', text: 'SELECT pg_sleep(10)' });
    await expect(sleeping).rejects.toMatchObject({ code: '57014' });
    await expect(sleeping.catch(isTransientDatabaseError)).resolves.toBe(true);
    expect(await dedicated.query(backend)).toEqual([before]);
    await dedicated.close();
  });
});

async function refusal(ask: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const isRefused = await ask().then(
      () => false,
      () => true,
    );
    if (isRefused) return;
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
