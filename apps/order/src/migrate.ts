import { createDataSource, databaseUrl, ensureDatabase, migrate } from '@waybill/database';

import { readOrderConfig } from './order.config.js';
import { orderMigrations } from './persistence/order-migrations.js';

/** Brings the service's database up to date without starting the service. Safe beside running replicas. */
const config = readOrderConfig(process.env);
const url = databaseUrl(config.databaseUrl, config.database);
await ensureDatabase(config.databaseUrl, config.database);
const dataSource = await createDataSource({ url, migrations: orderMigrations, poolSize: 2 }).initialize();
try {
  const ran = await migrate(dataSource, url);
  process.stdout.write(`${config.database}: ${ran.length > 0 ? ran.join(', ') : 'up to date'}\n`);
} finally {
  await dataSource.destroy();
}
