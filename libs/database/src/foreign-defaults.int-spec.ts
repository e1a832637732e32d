import { randomBytes } from 'node:crypto';

import { Logger } from '@nestjs/common';
import { testDatabaseServer } from '@waybill/embedded/testing';
import { Client } from 'pg';

import { databaseUrl } from './connection-url.js';
import { createDataSource } from './create-data-source.js';
import { Database } from './database.js';
import { ensureDatabase } from './ensure-database.js';
import type { Statement } from './statement.js';

const insertNote: Statement = { name: 'test_insert', text: 'INSERT INTO note VALUES ($1, $2)' };
const countNotes: Statement = { name: 'test_count', text: 'SELECT count(*)::int AS n FROM note' };

/** PostgreSQL 18's default provider supports UTF8 only. */
const C_LOCALE = "LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'";

describe('a server that is not ours (F77)', () => {
  const name = `foreign_${randomBytes(4).toString('hex')}`;
  const url = databaseUrl(testDatabaseServer(), name);
  let admin: Client;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    admin = new Client({ connectionString: databaseUrl(testDatabaseServer(), 'postgres') });
    await admin.connect();
  });

  afterEach(() => admin.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`));

  afterAll(() => admin.end());

  async function connected(): Promise<Database> {
    return new Database(await createDataSource({ url, migrations: [], poolSize: 2 }).initialize());
  }

  it('gets databases that are encoded as UTF8, whatever its template is', async () => {
    await ensureDatabase(testDatabaseServer(), name);
    const { rows } = await admin.query<{ encoding: string }>(
      'SELECT pg_encoding_to_char(encoding) AS encoding FROM pg_database WHERE datname = $1',
      [name],
    );
    expect(rows).toEqual([{ encoding: 'UTF8' }]);
  });

  it('is refused at once if the database has another encoding, with the way out', async () => {
    await admin.query(`CREATE DATABASE "${name}" TEMPLATE template0 ENCODING 'LATIN1' ${C_LOCALE}`);
    const refusal = {
      code: 'DATABASE_UNUSABLE',
      message: expect.stringMatching(new RegExp(`${name} is encoded as LATIN1; .*UTF8.*template0`)),
    };
    await expect(ensureDatabase(testDatabaseServer(), name)).rejects.toMatchObject(refusal);
    await expect(connected()).rejects.toMatchObject(refusal);
  });

  it('is refused by name if the database is read-only by default', async () => {
    await ensureDatabase(testDatabaseServer(), name);
    await admin.query(`ALTER DATABASE "${name}" SET default_transaction_read_only = on`);
    await expect(ensureDatabase(testDatabaseServer(), name, { timeoutMs: 1 })).rejects.toMatchObject({
      code: '25006',
      message: expect.stringContaining('default_transaction_read_only'),
    });
  });

  it.each([
    ['default_transaction_isolation', "'repeatable read'", 'read committed'],
    ['default_transaction_isolation', "'serializable'", 'read committed'],
    ['search_path', 'elsewhere', 'public'],
    ['TimeZone', "'America/Caracas'", 'UTC'],
    ['DateStyle', "'German, DMY'", 'ISO, MDY'],
    ['IntervalStyle', 'sql_standard', 'postgres'],
    ['bytea_output', 'escape', 'hex'],
    ['extra_float_digits', '-10', '1'],
    ['statement_timeout', '500', '0'],
    ['lock_timeout', '500', '0'],
    ['idle_in_transaction_session_timeout', '1', '0'],
    ['idle_session_timeout', '1000', '0'],
    ['tcp_keepalives_idle', '3600', '10'],
    ['tcp_user_timeout', '0', '30000'],
    ['client_connection_check_interval', '0', '5s'],
    ['standard_conforming_strings', 'off', 'on'],
    ['synchronous_commit', 'off', 'on'],
    ['synchronous_commit', 'remote_apply', 'remote_apply'],
    ['array_nulls', 'off', 'on'],
    ['plan_cache_mode', 'force_custom_plan', 'force_generic_plan'],
    ['enable_seqscan', 'on', 'off'],
    ['jit', 'on', 'off'],
  ])('has no say in %s: a default of %s is %s for us', async (setting, foreign, ours) => {
    await ensureDatabase(testDatabaseServer(), name);
    await admin.query(`ALTER DATABASE "${name}" SET ${setting} = ${foreign}`);
    const database = await connected();
    const current: Statement = { name: 'test_current', text: 'SELECT current_setting($1) AS value' };
    const dedicated = database.dedicatedConnection();
    expect(await database.query(current, [setting])).toEqual([{ value: ours }]);
    expect(await dedicated.query(current, [setting])).toEqual([{ value: ours }]);
    await Promise.all([database.onApplicationShutdown(), dedicated.close()]);
  });

  it('sees in each statement of a transaction what others have committed meanwhile', async () => {
    await ensureDatabase(testDatabaseServer(), name);
    await admin.query(`ALTER DATABASE "${name}" SET default_transaction_isolation = 'repeatable read'`);
    const database = await connected();
    await database.query({ name: 'test_create', text: 'CREATE TABLE note (id int, text text)' });
    const counts = await database.transaction(async (tx) => {
      const [before] = await tx.query(countNotes);
      await database.query(insertNote, [1, 'a']);
      const [after] = await tx.query(countNotes);
      return [before, after];
    });
    expect(counts).toEqual([{ n: 0 }, { n: 1 }]);
    await database.onApplicationShutdown();
  });
});
