import { createTestDatabase } from '@waybill/embedded/testing';
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { createDataSource } from './create-data-source.js';
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
