import { Client } from 'pg';

import { databaseUrl } from './connection-url.js';
import { sqlStateOf } from './database.errors.js';

const DUPLICATE_DATABASE = '42P04';
const UNIQUE_VIOLATION = '23505'; // two CREATE DATABASE at the same moment
const INVALID_CATALOG_NAME = '3D000';

/**
 * Creates the database if it doesn't exist. Any number of processes may do so at once. Touches the server's `postgres`
 * database only if the wanted one is missing, so a role without the right to create is fine where it exists.
 */
export async function ensureDatabase(serverUrl: string, database: string): Promise<void> {
  if (await exists(databaseUrl(serverUrl, database))) return;
  const client = new Client({ connectionString: databaseUrl(serverUrl, 'postgres') });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } catch (error) {
    const state = sqlStateOf(error);
    if (state !== DUPLICATE_DATABASE && state !== UNIQUE_VIOLATION) throw error;
  } finally {
    await client.end();
  }
}

async function exists(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (sqlStateOf(error) === INVALID_CATALOG_NAME) return false;
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}
