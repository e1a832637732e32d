import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { assertNoFaults, LONGEST_TIMER_MS, optionFaults } from '@waybill/observability';
import { DataSource } from 'typeorm';

import { databaseUrl } from './connection-url.js';
import { createDataSource } from './create-data-source.js';
import type { DataSourceSettings } from './create-data-source.js';
import { Database } from './database.js';
import { ensureDatabase } from './ensure-database.js';
import { PostgresIncidents } from './incidents/postgres-incidents.js';
import { migrate } from './migrate.js';

export interface DatabaseModuleOptions extends Omit<DataSourceSettings, 'url'> {
  /** URL of the server; the database is created in it. */
  readonly serverUrl: string;
  readonly database: string;
}

/** Code that opens a transaction while it is in another one, as a handler may, would wait for itself in a pool of one. */
const RANGES = { poolSize: [2, 1_000], queryTimeoutMs: [0, LONGEST_TIMER_MS] } as const;

/**
 * Gives the application its {@link Database}: created if missing, migrated under a lock, connected, before any provider
 * that injects it is made. An application that has TypeOrmModule already provides
 * `Database` itself, and gives its data source `extra: { Client: GuardedClient }`. Without that, lost connections may end the process (F58), and a
 * failover leaves them behind (F69); a warning says so, and sessions that could lose what was committed are refused (F77).
 */
@Module({})
export class DatabaseModule {
  /** @throws ConfigError */
  static forRoot(options: DatabaseModuleOptions): DynamicModule {
    assertNoFaults(optionFaults('DatabaseModule.', options, RANGES));
    const url = databaseUrl(options.serverUrl, options.database);
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: DataSource,
          useFactory: async () => {
            await ensureDatabase(options.serverUrl, options.database);
            const dataSource = await createDataSource({ ...options, url }).initialize();
            await migrate(dataSource, url);
            return dataSource;
          },
        },
        Database,
        PostgresIncidents,
      ],
      exports: [DataSource, Database, PostgresIncidents],
    };
  }
}
