import { MigrationExecutor } from 'typeorm';
import type { DataSource } from 'typeorm';

import { GuardedClient } from './guarded-client.js';
import { assertOwnSessions } from './own-sessions.js';

/** Any constant: all replicas of all services use the same one, each in its own database. */
const MIGRATION_LOCK = 7_283_640_211;

/**
 * Runs the pending migrations, one replica at a time: the others wait for the lock and then find nothing to do. The lock
 * belongs to a transaction of a connection of its own, so a killed process frees it, and nothing is left of it in a session that others
 * use. A migration may take any time.
 * @returns the names of the migrations that ran.
 * @throws UnusableDatabaseError where connections share their sessions; the driver's error.
 */
export async function migrate(dataSource: DataSource, url: string): Promise<readonly string[]> {
  await assertOwnSessions({ connectionString: url });
  const lock = new GuardedClient({ connectionString: url });
  await lock.connect();
  try {
    await lock.query('BEGIN');
    await lock.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    return await runPending(dataSource);
  } finally {
    await lock.query('COMMIT').catch(() => {}); // a lost connection has freed it
    await lock.end();
  }
}

async function runPending(dataSource: DataSource): Promise<readonly string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    const client: unknown = await runner.connect();
    const executor = new MigrationExecutor(dataSource, runner);
    executor.transaction = 'each';
    const run = () => executor.executePendingMigrations();
    const ran = await (client instanceof GuardedClient ? client.withoutTimeout(run) : run());
    return ran.map(({ name }) => name);
  } finally {
    await runner.release();
  }
}
