import { databaseUrl } from '@waybill/database';
import { testDatabaseServer } from '@waybill/embedded/testing';
import { Client } from 'pg';

import type { RunningSystem } from './running-system.js';

/** `application_name` of the connections by which a test looks at databases. */
export const OF_TESTS = 'waybill-tests';

/** Rows of a statement on a service's own database, on a connection of its own. */
export async function queryService(
  { databasePrefix }: Pick<RunningSystem, 'databasePrefix'>,
  database: string,
  statement: string,
): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({
    connectionString: databaseUrl(testDatabaseServer(), `${databasePrefix}${database}`),
    application_name: OF_TESTS,
  });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}
