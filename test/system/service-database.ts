import { databaseUrl } from '@waybill/database';
import { testDatabaseServer } from '@waybill/embedded/testing';
import { Client } from 'pg';

import type { RunningSystem } from './running-system.js';

/** Rows of a statement on a service's own database, on a connection of its own. */
export async function queryService(
  { databasePrefix }: RunningSystem,
  database: string,
  statement: string,
): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: databaseUrl(testDatabaseServer(), `${databasePrefix}${database}`) });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}
