import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { incidentStoreContract } from '@waybill/observability/testing';

import { createDataSource } from '../create-data-source.js';
import { databaseMigrations } from '../database-migrations.js';
import { Database } from '../database.js';
import { migrate } from '../migrate.js';
import { PostgresIncidents } from './postgres-incidents.js';

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase('incidents');
  const dataSource = await createDataSource({ url: testDatabase.url, migrations: databaseMigrations }).initialize();
  await migrate(dataSource, testDatabase.url);
  database = new Database(dataSource);
});

afterAll(async () => {
  await database.onApplicationShutdown();
  await testDatabase.drop();
});

const empty = {
  name: 'test_empty',
  text: 'WITH fresh AS (UPDATE incident_watch SET watched_at = NULL, before = NULL) DELETE FROM alert_incident',
};
const times = ['started_at', 'seen_at', 'ended_at', 'claimed_until'];
const goBack = {
  name: 'test_go_back',
  text: `
    WITH watch AS (UPDATE incident_watch SET watched_at = watched_at - $1::float8 * interval '1 ms')
    UPDATE alert_incident SET ${times.map((time) => `${time} = ${time} - $1::float8 * interval '1 ms'`).join(', ')}`,
};

incidentStoreContract('PostgresIncidents', async () => {
  await database.query(empty);
  return {
    store: new PostgresIncidents(database),
    advance: async (ms) => void (await database.query(goBack, [ms])),
  };
});

it('forgets incidents 30 days after their end', async () => {
  const store = new PostgresIncidents(database);
  const breach = { severity: 'warning', summary: 's', value: 1, threshold: 0 } as const;
  await database.query(empty);
  await store.report([{ ...breach, rule: 'a', subject: '' }]);
  await database.query(goBack, [1_000]);
  await store.end(['a'], 1_000);
  await store.report([{ ...breach, rule: 'b', subject: '' }]);
  await database.query(goBack, [30 * 86_400_000]);
  await store.end([], 1_000);
  const rules = (await store.list({ limit: 10 })).map(({ rule }) => rule);
  expect(rules.sort()).toEqual(['b', 'unwatched']);
});
