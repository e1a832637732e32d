import { setTimeout as delay } from 'node:timers/promises';

import { Logger } from '@nestjs/common';

import { databaseUrl } from './connection-url.js';
import { databaseFaultOf, sqlStateOf } from './database.errors.js';
import { GuardedClient } from './guarded-client.js';
import { assertOwnSessions } from './own-sessions.js';

const DUPLICATE_DATABASE = '42P04';
const UNIQUE_VIOLATION = '23505'; // two CREATE DATABASE at the same moment
const INVALID_CATALOG_NAME = '3D000';
const INVALID_PARAMETER_VALUE = '22023'; // an encoding that doesn't fit the locale

const RETRY_MS = 250;

export interface EnsureDatabaseOptions {
  /** How long a server that is starting, recovering or out of reach is waited for, in milliseconds. @default 30000 */
  readonly timeoutMs?: number;
}

/**
 * Creates the database if it doesn't exist. Any number of processes may do so at once. Touches the server's `postgres`
 * database only if the wanted one is missing, so a role without the right to create is fine where it exists. A server that
 * isn't up yet is waited for: service and database are started together more often than in turn.
 * A pooler in transaction mode is refused ({@link assertOwnSessions}).
 * @throws the driver's error, or UnusableDatabaseError: at once if the server refuses, else when the time is up.
 */
export async function ensureDatabase(
  serverUrl: string,
  database: string,
  { timeoutMs = 30_000 }: EnsureDatabaseOptions = {},
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let waiting = false;
  for (;;) {
    try {
      return await createIfMissing(serverUrl, database);
    } catch (error) {
      if (databaseFaultOf(error)?.transient !== true || performance.now() + RETRY_MS > deadline) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      if (!waiting) new Logger('Database').warn({ msg: 'Waiting for PostgreSQL', database, reason, timeoutMs });
      waiting = true;
    }
    await delay(RETRY_MS);
  }
}

async function createIfMissing(serverUrl: string, database: string): Promise<void> {
  if (await exists(databaseUrl(serverUrl, database))) return;
  const client = new GuardedClient({ connectionString: databaseUrl(serverUrl, 'postgres'), prepared: false });
  await client.connect();
  try {
    await create(client, database);
  } catch (error) {
    const state = sqlStateOf(error);
    if (state !== DUPLICATE_DATABASE && state !== UNIQUE_VIOLATION) throw error;
  } finally {
    await client.end();
  }
}

/** Whatever the server's template: text that we are sent can be stored. Some locales of a server don't support UTF8; `C` always does. */
async function create(client: GuardedClient, database: string): Promise<void> {
  const command = `CREATE DATABASE ${client.escapeIdentifier(database)} TEMPLATE template0 ENCODING 'UTF8'`;
  try {
    await client.query(command);
  } catch (error) {
    if (sqlStateOf(error) !== INVALID_PARAMETER_VALUE) throw error;
    await client.query(`${command} LC_COLLATE 'C' LC_CTYPE 'C'`);
  }
}

async function exists(url: string): Promise<boolean> {
  const client = new GuardedClient({ connectionString: url });
  try {
    await assertOwnSessions({ connectionString: url });
    await client.connect();
    return true;
  } catch (error) {
    if (sqlStateOf(error) === INVALID_CATALOG_NAME) return false;
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}
