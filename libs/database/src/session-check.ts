import type { Client } from 'pg';

import { ReadOnlyServerError, UnusableDatabaseError } from './database.errors.js';

/**
 * What we rely on, whatever server, database or role have as their defaults (F77). Names that a server doesn't know are left out.
 * Limits on time are ours to set: a default meant for people's queries would end migrations, sweeps and idle connections.
 */
const SESSION: Readonly<Record<string, string>> = {
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  search_path: 'public',
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  transform_null_equals: 'off',
  array_nulls: 'on',
  lock_timeout: '0',
  transaction_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  // The locks of a client that is gone without a word, its machine without power, are free after 25 to 30 seconds instead of two hours. Other
  // systems than Linux don't know all of them, and would log that for each connection.
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '30000',
  // What a client that has hung up is still waiting for, a lock of others among it, is given up, and its own locks with it. By itself the server
  // finds that out only when it answers. Other systems than Linux may refuse it.
  client_connection_check_interval: '5000',
};

/** How the statements of a connection are planned. */
export type Plans = 'by key' | 'free';

/**
 * What is hot reads few rows by key, however large the tables are. By itself the server plans some of it at every call, which takes longer
 * than running it, and keeps a plan made while a table was small, a sequential scan, while the table grows. And it would compile a plan
 * whose scan can't be avoided (jit), as before version 18 such a plan seems to cost ten billion.
 */
const PLANNING: Readonly<Record<Plans, Readonly<Record<string, string>>>> = {
  'by key': { plan_cache_mode: 'force_generic_plan', enable_seqscan: 'off', jit: 'off' },
  free: {},
};

interface Session {
  readonly standby: boolean;
  readonly read_only: string;
  readonly encoding: string;
}

/** What was accepted must outlive a crash of the server: `off` is raised, stricter values stay. */
const PREPARE_SESSION = `
  SELECT pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only') AS read_only,
    getdatabaseencoding() AS encoding,
    (SELECT count(set_config(name, value, false)) FROM unnest($1::text[], $2::text[]) AS setting (name, value)
     WHERE current_setting(name, true) IS NOT NULL AND (name !~ '^(tcp|client_connection)_' OR version() LIKE '%linux%')),
    set_config('synchronous_commit',
      CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END,
      false)`;

/**
 * Makes a new connection what we rely on, in one round trip.
 * @throws ReadOnlyServerError, UnusableDatabaseError
 */
export async function prepareSession(
  client: Client,
  { plans, statementTimeoutMs }: { readonly plans: Plans; readonly statementTimeoutMs: number },
): Promise<void> {
  const settings = Object.entries({ ...SESSION, ...PLANNING[plans], statement_timeout: String(statementTimeoutMs) });
  const { rows } = await client.query<Session>(PREPARE_SESSION, [
    settings.map(([name]) => name),
    settings.map(([, value]) => value),
  ]);
  const [session] = rows;
  if (session?.standby === true) throw new ReadOnlyServerError('it is a standby (pg_is_in_recovery)');
  if (session?.read_only === 'on') {
    throw new ReadOnlyServerError(
      `default_transaction_read_only is on for role ${client.user ?? '?'} in database ${client.database ?? '?'}; ` +
        'if no failover is under way, set it to off for the role (ALTER ROLE), the database (ALTER DATABASE) or the server',
    );
  }
  if (session !== undefined && session.encoding !== 'UTF8')
    throw wrongEncoding(client.database ?? '?', session.encoding);
}

function wrongEncoding(database: string, encoding: string): UnusableDatabaseError {
  return new UnusableDatabaseError(
    `Database ${database} is encoded as ${encoding}; Waybill needs UTF8, or text that it is sent can't be stored. Name another ` +
      `database, or move this one: pg_dump ${database}, rename it, CREATE DATABASE "${database}" ENCODING 'UTF8' ` +
      `LOCALE 'C' TEMPLATE template0, and restore the dump`,
  );
}
