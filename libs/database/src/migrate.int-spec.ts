import { createTestDatabase, testDatabaseServer } from '@waybill/embedded/testing';
import { Client } from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { databaseUrl } from './connection-url.js';
import { createDataSource } from './create-data-source.js';
import { ensureDatabase } from './ensure-database.js';
import { migrate } from './migrate.js';

jest.setTimeout(60_000);

class CreateThings1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE things (id int)');
    await runner.query('SELECT pg_sleep(0.3)');
  }

  async down(): Promise<void> {}
}

class FillThings1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('INSERT INTO things VALUES (1)');
  }

  async down(): Promise<void> {}
}

it('creates a database once, however many processes ask at the same moment', async () => {
  const name = `database_ensure_${Date.now()}`;
  await Promise.all(Array.from({ length: 5 }, () => ensureDatabase(testDatabaseServer(), name)));
  const server = new Client({ connectionString: databaseUrl(testDatabaseServer(), 'postgres') });
  await server.connect();
  const { rows } = await server.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
  await server.query(`DROP DATABASE "${name}"`);
  await server.end();
  expect(rows).toHaveLength(1);
});

it('runs each migration once, in the order of their timestamps, when replicas start together on an empty database', async () => {
  const { url, drop } = await createTestDatabase('database');
  const migrations = [FillThings1700000000002, CreateThings1700000000001];
  const replicas = await Promise.all([1, 2, 3].map(() => createDataSource({ url, migrations }).initialize()));
  const ran = await Promise.all(replicas.map((replica) => migrate(replica, url)));
  const things = await replicas[0]?.query<unknown[]>('SELECT * FROM things');
  await Promise.all(replicas.map((replica) => replica.destroy()));
  await drop();
  expect(ran.flat()).toEqual(['CreateThings1700000000001', 'FillThings1700000000002']);
  expect(things).toHaveLength(1);
});
