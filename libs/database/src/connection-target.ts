import type { ConnectionOptions } from 'node:tls';

import { Client } from 'pg';
import type { DataSource } from 'typeorm';

import type { ConnectionTarget } from './dedicated-connection.js';

/** Where a TypeORM data source connects to, however it was configured: what TypeORM hands to pg, in the same order. */
export function connectionTarget({ options }: DataSource): ConnectionTarget {
  if (options.type !== 'postgres') throw new TypeError(`@waybill/database needs PostgreSQL, not ${options.type}`);
  const { url, host, port, username, password, database, ssl } = options.replication?.master ?? options;
  return {
    ...(url === undefined ? {} : { connectionString: url }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(username === undefined ? {} : { user: username }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    ...(ssl === undefined ? {} : { ssl: ssl as ConnectionOptions | boolean }), // TypeORM hands it to pg as it is
    ...(options.extra as ConnectionTarget | undefined), // so this
  };
}

/** Host, port and database, without who connects to it: for messages, and to compare. */
export function placeOf(dataSource: DataSource): string {
  const { stream: _, ...target } = connectionTarget(dataSource); // pg would open it
  const { host, port, database } = new Client(target); // pg reads the URL; nothing is opened
  return `${host}:${port}/${database ?? ''}`;
}
