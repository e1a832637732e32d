import type { OnApplicationShutdown } from '@nestjs/common';
import { databaseUrl, GuardedClient } from '@waybill/database';
import { Pool } from 'pg';

/** Databases that are looked into: those of the services, and the books of the simulated provider and carrier. */
export const DATABASES = ['order', 'payment', 'inventory', 'shipping', 'payment_provider', 'carrier'] as const;
export type DatabaseName = (typeof DATABASES)[number];

export interface ServiceDatabasesOptions {
  /** The server; its databases are named `<prefix><name>`. */
  readonly serverUrl: string;
  readonly prefix: string;
}

const CONNECT_MS = 2_000;
const STATEMENT_MS = 5_000;
/** Nobody looks: the connections are given back. */
const IDLE_MS = 15_000;

/** A database couldn't be read, so nothing is known of what stands in it. */
export class DatabaseAwayError extends Error {
  readonly code = 'DATABASE_AWAY';

  constructor(
    readonly database: DatabaseName,
    cause: unknown,
  ) {
    super(`The ${database} database can't be read: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * One connection to each database, on which the server refuses to write. It is the one place where something of Waybill reads other
 * services' tables: a tool for development looks over their shoulders, and no service may.
 */
export class ServiceDatabases implements OnApplicationShutdown {
  readonly #pools: ReadonlyMap<DatabaseName, Pool>;

  constructor({ serverUrl, prefix }: ServiceDatabasesOptions) {
    this.#pools = new Map(DATABASES.map((name) => [name, open(databaseUrl(serverUrl, `${prefix}${name}`))]));
  }

  /** @throws DatabaseAwayError */
  async read<Row extends object>(database: DatabaseName, text: string, values: readonly unknown[]): Promise<Row[]> {
    try {
      const result = await this.#pools.get(database)?.query<Row>(text, [...values]);
      return result?.rows ?? [];
    } catch (error) {
      throw new DatabaseAwayError(database, error);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.end()));
  }
}

function open(connectionString: string): Pool {
  const settings = {
    connectionString,
    Client: GuardedClient,
    prepared: false, // a GuardedClient refuses a session that is read-only by default
    max: 1,
    allowExitOnIdle: true,
    application_name: 'waybill_lab invariants',
    options: `-c default_transaction_read_only=on -c statement_timeout=${STATEMENT_MS} -c jit=off`,
    query_timeout: STATEMENT_MS + 1_000, // of a server that was stopped in the middle
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
  };
  const pool = new Pool(settings);
  pool.on('error', () => {}); // a connection that is lost while idle is replaced
  return pool;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [first] = error instanceof AggregateError ? error.errors : [error];
  const { message } = first instanceof Error ? first : error;
  return message || ('code' in error ? String(error.code) : error.name);
}
