import { DataSource } from 'typeorm';
import type { DataSourceOptions, MigrationInterface } from 'typeorm';

import { GuardedClient } from './guarded-client.js';
import { watchDataSource } from './own-errors.js';
import { QUERY_TIMEOUT_MS } from './statement.js';

export type MigrationClass = new () => MigrationInterface;

export interface DataSourceSettings {
  /** URL of the service's own database. */
  readonly url: string;
  readonly entities?: readonly (new (...args: never[]) => object)[];
  /** The service's own migrations and those of the libs it uses (each lib exports its list). */
  readonly migrations: readonly MigrationClass[];
  /**
   * Most connections this process opens. `DatabaseModule` wants two at least; count one for each transaction that is open at a time, and one more for
   * each that is opened inside another. @default 12
   */
  readonly poolSize?: number;
  /** `application_name` of the connections. */
  readonly applicationName?: string;
  /**
   * Milliseconds after which a statement without an answer fails and its connection is replaced: a server that disappears without a word
   * would be waited for until TCP gives up, a quarter of an hour. Not of migrations, nor of statements that have a limit of their own.
   * 0: none. @default 60000
   */
  readonly queryTimeoutMs?: number;
}

/** A TypeORM data source as Waybill needs it: pipelined connections, no schema synchronisation. */
export function createDataSource(settings: DataSourceSettings): DataSource {
  const options: DataSourceOptions = {
    type: 'postgres',
    url: settings.url,
    entities: [...(settings.entities ?? [])],
    migrations: [...settings.migrations].sort(byTimestamp),
    migrationsTableName: 'migrations',
    synchronize: false,
    poolSize: settings.poolSize ?? 12,
    ...(settings.applicationName === undefined ? {} : { applicationName: settings.applicationName }),
    extra: {
      Client: GuardedClient,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000, // else the system's two hours
      connectionTimeoutMillis: 10_000,
      query_timeout: settings.queryTimeoutMs ?? QUERY_TIMEOUT_MS,
      // Above the rhythm of what looks at the database now and then: a new connection costs more than an idle one.
      idleTimeoutMillis: 60_000,
    },
  };
  const dataSource = new DataSource(options);
  watchDataSource(dataSource);
  return dataSource;
}

/** TypeORM runs migrations by the timestamp that ends the class name; two libs may share one, then the name decides. */
function byTimestamp(a: MigrationClass, b: MigrationClass): number {
  return a.name.slice(-13).localeCompare(b.name.slice(-13)) || a.name.localeCompare(b.name);
}
