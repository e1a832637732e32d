import { createDataSource, Database, databaseUrl, ensureDatabase, migrate } from '@waybill/database';
import { inboxMigrations, PostgresInbox } from '@waybill/idempotency';
import { newId } from '@waybill/observability';

import { dropDatabase } from '../shared/drop-database.js';
import { median } from '../shared/statistics.js';

const BATCH = 500;
const REPEATS = 60;

/** A claim of 500 new messages, in a transaction of its own, in an empty inbox and beside `rows` old ones. */
export async function measureInbox(serverUrl: string, rows: number): Promise<{ emptyMs: number; fullMs: number }> {
  const name = `bench_inbox_${Date.now()}`;
  const url = databaseUrl(serverUrl, name);
  await ensureDatabase(serverUrl, name);
  const dataSource = await createDataSource({ url, migrations: inboxMigrations, queryTimeoutMs: 0 }).initialize();
  await migrate(dataSource, url);
  const database = new Database(dataSource);
  const inbox = new PostgresInbox(database);
  const emptyMs = await claimMs(database, inbox);
  // Ids as they come: UUIDv7 of the past days, in order of time.
  await dataSource.query(
    `INSERT INTO inbox (consumer_group, source, message_id, received_at)
     SELECT 'g', '/bench',
            overlay(gen_random_uuid()::text PLACING
              regexp_replace(lpad(to_hex(1795000000000 + n * 60), 12, '0'), '(.{8})(.{4})', '\\1-\\2') || '-7' FROM 1 FOR 15),
            to_timestamp((1795000000000 + n * 60) / 1000.0)
     FROM generate_series(1, $1::bigint) AS n`,
    [rows],
  );
  await dataSource.query('VACUUM ANALYZE inbox');
  await dataSource.query('CHECKPOINT');
  const fullMs = await claimMs(database, inbox);
  await dataSource.destroy();
  await dropDatabase(serverUrl, name);
  return { emptyMs, fullMs };
}

async function claimMs(database: Database, inbox: PostgresInbox): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < REPEATS; n += 1) {
    const messages = Array.from({ length: BATCH }, () => ({ source: '/bench', id: newId() }));
    const start = performance.now();
    await database.transaction((tx) => inbox.claim(tx, 'g', messages));
    times.push(performance.now() - start);
  }
  return median(times.slice(REPEATS / 6));
}
