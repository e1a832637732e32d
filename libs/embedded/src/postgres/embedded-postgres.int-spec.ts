import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';

import { startEmbeddedPostgres } from './embedded-postgres.js';

it('keeps its data over a restart, and its durable defaults', async () => {
  const root = mkdtempSync(join(tmpdir(), 'waybill-pg-'));
  const query = async (url: string, sql: string) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(sql);
    await client.end();
    return rows;
  };
  const first = await startEmbeddedPostgres({ dataDir: join(root, 'pg') });
  await query(first.url, 'create table t as select 1 as x');
  await first.stop();
  const second = await startEmbeddedPostgres({ dataDir: join(root, 'pg') });
  expect(await query(second.url, 'select * from t')).toEqual([{ x: 1 }]);
  expect(await query(second.url, "select current_setting('fsync') a, current_setting('synchronous_commit') b")).toEqual(
    [{ a: 'on', b: 'on' }],
  );
  await second.stop();
  rmSync(root, { recursive: true });
});
