import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';

import { createDataSource } from './create-data-source.js';
import { Database } from './database.js';
import type { Statement } from './statement.js';

const heavy: Statement = { name: '', text: 'SELECT pg_sleep(60)' };
const connections: Statement = {
  name: 'test_connections',
  text: "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'operators'",
};

describe('readings for operators', () => {
  let testDatabase: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('operators');
    const dataSource = createDataSource({ url: testDatabase.url, migrations: [], poolSize: 3 });
    database = new Database(await dataSource.initialize());
  });

  afterAll(async () => {
    await database.onApplicationShutdown();
    await testDatabase.drop();
  });

  it('take three connections at most, leave the pool alone, and are stopped after 5 s, in the queue too (F72)', async () => {
    const reasons = Promise.all(
      Array.from({ length: 20 }, () =>
        database.operators.query(heavy).then(
          () => 'done',
          (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
        ),
      ),
    );
    let busy = 0;
    while (busy < 3) busy = (await database.query<{ n: number }>(connections))[0]?.n ?? 0;

    const customers = Array.from({ length: 50 }, () => database.transaction((tx) => tx.query(connections)));
    expect((await Promise.all(customers)).flat()).toEqual(Array.from({ length: 50 }, () => ({ n: 3 })));

    expect(new Set(await reasons)).toEqual(new Set(['OPERATORS_BUSY', 'QUERY_TOO_SLOW']));
    expect(await database.operators.query(connections)).toHaveLength(1);
  });
});
