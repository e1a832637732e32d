import { createDataSource, Database, migrate } from '@waybill/database';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';

import { CreateSagaInstance1795600000000 } from './migrations/create-saga-instance.js';
import { sagaMigrations } from './migrations/saga-migrations.js';
import { listSagas } from './sql/list-sagas.js';

const SAGAS = 200_000;

/** Newest first; 1 of 20,000 failed, 1 of 1,000 belongs to another saga. Filled before it is indexed, as a migration finds it. */
const fill = `
  INSERT INTO saga_instance (id, saga, version, status, step, steps, data, revision, created_at, updated_at)
  SELECT n::text, CASE WHEN n % 1000 = 0 THEN 'rare' ELSE 'fulfil-order' END, 1,
    CASE WHEN n % 20000 = 0 THEN 'COMPENSATION_FAILED' WHEN n % 100 = 0 THEN 'COMPENSATED' ELSE 'COMPLETED' END,
    'confirm', '[]', '{}', 1, to_timestamp(1795600000 + n), now()
  FROM generate_series(1, ${SAGAS}) AS n`;

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase('saga_lists');
  const { url } = testDatabase;
  const before = await createDataSource({ url, migrations: [CreateSagaInstance1795600000000] }).initialize();
  await migrate(before, url);
  await before.query(fill);
  await before.destroy();
  const dataSource = await createDataSource({ url, migrations: sagaMigrations }).initialize();
  await migrate(dataSource, url);
  await dataSource.query('ANALYZE saga_instance');
  database = new Database(dataSource);
}, 180_000);

afterAll(async () => {
  await database?.onApplicationShutdown();
  await testDatabase.drop();
});

async function planOf(values: readonly unknown[]): Promise<string> {
  const rows = await database.query<{ 'QUERY PLAN': string }>({ name: '', text: `EXPLAIN ${listSagas.text}` }, values);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

const deep = [(1_795_600_000 + SAGAS / 2) * 1_000, String(SAGAS / 2)];

it.each([
  ['nothing', null, null, []],
  ['nothing, far behind', null, null, deep],
  ['a status that most have', 'COMPLETED', null, []],
  ['a status that few have', 'COMPENSATION_FAILED', null, []],
  ['a status that nothing has', 'RUNNING', null, deep],
  ['a saga', null, 'rare', deep],
])(
  'reads no more than a page of an index where the list of %s is asked for, beside 200,000 sagas (F72)',
  async (_, status, saga, after) => {
    const values = [status, saga, after[0] ?? null, after[1] ?? null, 20];
    const plan = await planOf(values);
    expect(plan).toContain('Index Scan');
    expect(plan).not.toMatch(/Seq Scan|Sort/);
  },
);

it('reads no table where the list of a saga and a status is asked for (F72)', async () => {
  expect(await planOf(['COMPENSATED', 'rare', null, null, 20])).not.toContain('Seq Scan');
});
