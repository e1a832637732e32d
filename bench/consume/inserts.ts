import { createDataSource, databaseUrl, ensureDatabase, migrate } from '@waybill/database';
import { inboxMigrations } from '@waybill/idempotency';
import { newId } from '@waybill/observability';
import { Client } from 'pg';

import { dropDatabase } from '../shared/drop-database.js';

const BATCH = 500;

/** The floor: the same inbox rows by one prepared INSERT of 500 per transaction, nothing else. @returns rows/s */
export async function measureInserts(serverUrl: string, rows: number): Promise<number> {
  const name = `bench_inserts_${Date.now()}`;
  const url = databaseUrl(serverUrl, name);
  await ensureDatabase(serverUrl, name);
  const dataSource = await createDataSource({ url, migrations: inboxMigrations }).initialize();
  await migrate(dataSource, url);
  await dataSource.destroy();
  const client = new Client({ connectionString: url });
  await client.connect();
  const ids = Array.from({ length: rows }, () => newId());
  const insert = (part: readonly string[]): Promise<unknown> =>
    client.query({
      name: 'insert',
      text: `INSERT INTO inbox (consumer_group, source, message_id)
             SELECT 'g', '/bench', id FROM unnest($1::text[]) AS id ON CONFLICT DO NOTHING RETURNING message_id`,
      values: [part],
    });
  await insert([newId()]);
  const start = performance.now();
  for (let n = 0; n < rows; n += BATCH) await insert(ids.slice(n, n + BATCH));
  const seconds = (performance.now() - start) / 1_000;
  await client.end();
  await dropDatabase(serverUrl, name);
  return rows / seconds;
}
