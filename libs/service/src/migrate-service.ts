import { createDataSource, databaseUrl, ensureDatabase, databaseMigrations, migrate } from '@waybill/database';
import type { MigrationClass } from '@waybill/database';
import { deadLetterMigrations } from '@waybill/dlq';
import { httpIdempotencyMigrations, inboxMigrations } from '@waybill/idempotency';
import { outboxMigrations } from '@waybill/outbox';

import type { Environment, ServiceConfig } from './service-config.js';
import type { ServiceApp, ServiceOptions } from './service-options.js';

/** Everything that a service's database holds. */
export function allMigrations({ migrations }: Pick<ServiceOptions, 'migrations'>): readonly MigrationClass[] {
  return [
    ...outboxMigrations,
    ...inboxMigrations,
    ...httpIdempotencyMigrations,
    ...deadLetterMigrations,
    ...databaseMigrations,
    ...migrations,
  ];
}

/**
 * Brings a service's database up to date without starting the service. Safe beside running replicas.
 * @returns what was done, in one line. @throws ConfigError, or what the database refuses with; nothing has changed then.
 */
export async function migrateService<Config extends ServiceConfig>(
  app: ServiceApp<Config>,
  env: Environment,
): Promise<string> {
  const { databaseUrl: serverUrl, database } = app.readConfig(env);
  await ensureDatabase(serverUrl, database);
  const url = databaseUrl(serverUrl, database);
  const dataSource = createDataSource({ url, migrations: allMigrations(app.service), poolSize: 2 });
  await dataSource.initialize();
  try {
    const ran = await migrate(dataSource, url);
    return `${database}: ${ran.length > 0 ? ran.join(', ') : 'up to date'}`;
  } finally {
    await dataSource.destroy();
  }
}
