import { setTimeout as delay } from 'node:timers/promises';

import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';

import { createDataSource } from './create-data-source.js';
import { isTransientDatabaseError } from './database.errors.js';
import { Database } from './database.js';
import type { Statement } from './statement.js';

jest.setTimeout(60_000);

const setting: Statement = { name: 'test_setting', text: "SELECT current_setting('enable_seqscan') AS value" };
const terminate: Statement = {
  name: 'test_terminate',
  text: 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1',
};
const count: Statement = {
  name: 'test_count',
  text: 'SELECT count(*)::int AS connections FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1',
};
const notify: Statement = { name: 'test_notify', text: "SELECT pg_notify('test_channel', $1)" };

describe('connections outside the pool', () => {
  let testDatabase: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('database');
    database = new Database(await createDataSource({ url: testDatabase.url, migrations: [] }).initialize());
  });

  afterAll(async () => {
    await database.onApplicationShutdown();
    await testDatabase.drop();
  });

  it('open again, set up again, after the server has closed them (F58)', async () => {
    const connection = database.dedicatedConnection({
      applicationName: 'test-dedicated',
      setUp: ['SET enable_seqscan = off'],
    });
    expect(await connection.query(setting)).toEqual([{ value: 'off' }]);
    await database.query(terminate, ['test-dedicated']);
    const again = async (): Promise<unknown> => {
      try {
        return await connection.query(setting);
      } catch (error) {
        expect(isTransientDatabaseError(error)).toBe(true);
        return again();
      }
    };
    expect(await again()).toEqual([{ value: 'off' }]);
    await connection.close();
    await expect(connection.query(setting)).rejects.toThrow(/terminated/);
  });

  it('hear notifications again after the server has closed them, and say so, on one connection (F58)', async () => {
    const heard: string[] = [];
    let listening = 0;
    const listener = database.notificationListener({
      channel: 'test_channel',
      applicationName: 'test-listener',
      onNotification: (payload) => heard.push(payload),
      onListening: () => listening++,
    });
    listener.start();
    const until = async (condition: () => boolean): Promise<void> => {
      while (!condition()) await delay(5);
    };
    await until(() => listening === 1);
    await database.query(notify, ['one']);
    await until(() => heard.length === 1);
    await database.query(terminate, ['test-listener']);
    await until(() => listening === 2);
    await database.query(notify, ['two']);
    await until(() => heard.length === 2);
    for (let round = 3; round <= 6; round += 1) {
      await database.query(terminate, ['test-listener']);
      await until(() => listening >= round);
    }
    await delay(200); // longer than a second wake-up for the same loss would take
    expect(await database.query(count, ['test-listener'])).toEqual([{ connections: 1 }]);
    await listener.stop();
    expect(heard).toEqual(['one', 'two']);
  });
});
