import type { ConnectionOptions } from 'node:tls';

import { Client } from 'pg';
import type { DataSource } from 'typeorm';

import type { ConnectionTarget } from './dedicated-connection.js';

/** Where a TypeORM data source connects to, however it was configured. */
export function connectionTarget({ options }: DataSource): ConnectionTarget {
  if (options.type !== 'postgres') throw new TypeError(`@waybill/database needs PostgreSQL, not ${options.type}`);
  const { url, host, port, username, password, database, ssl, extra } = options;
  if (typeof password === 'function') throw new TypeError('@waybill/database needs the password as text');
  const queryTimeout = (extra as { readonly query_timeout?: number } | undefined)?.query_timeout; // TypeORM hands it to pg as it is
  return {
    ...(url === undefined ? {} : { connectionString: url }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(username === undefined ? {} : { user: username }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    ...(queryTimeout === undefined ? {} : { query_timeout: queryTimeout }),
    ...(ssl === undefined ? {} : { ssl: ssl as ConnectionOptions | boolean }), // TypeORM hands it to pg as it is
  };
}

/** Host, port and database, without who connects to it: for messages, and to compare. */
export function placeOf(dataSource: DataSource): string {
  const { host, port, database } = new Client(connectionTarget(dataSource)); // pg reads the URL; nothing is opened
  return `${host}:${port}/${database ?? ''}`;
}
