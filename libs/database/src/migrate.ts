import type { DataSource } from 'typeorm';

import { GuardedClient } from './guarded-client.js';

/** Any constant: all replicas of all services use the same one, each in its own database. */
const MIGRATION_LOCK = 7_283_640_211;

/**
 * Runs the pending migrations, one replica at a time: the others wait for the lock and then find nothing to do. The lock
 * belongs to a connection of its own, so a killed process frees it.
 * @returns the names of the migrations that ran.
 */
export async function migrate(dataSource: DataSource, url: string): Promise<readonly string[]> {
  const lock = new GuardedClient({ connectionString: url });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const ran = await dataSource.runMigrations({ transaction: 'each' });
    return ran.map(({ name }) => name);
  } finally {
    await lock.end();
  }
}
