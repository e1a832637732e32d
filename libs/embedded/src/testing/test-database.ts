import { randomBytes } from 'node:crypto';

import { Client } from 'pg';

export interface TestDatabase {
  readonly url: string;
  /** Ends its sessions and removes it. Repeatable. */
  drop(): Promise<void>;
}

/**
 * An empty database of its own on the server of this test run, so that tests can run side by side.
 * @param prefix letters, digits and underscores; the name starts with it
 */
export async function createTestDatabase(prefix: string): Promise<TestDatabase> {
  const server = testDatabaseServer();
  const name = `${prefix}_${randomBytes(5).toString('hex')}`;
  await execute(server, `CREATE DATABASE "${name}"`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => execute(server, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`) };
}

/** Removes every database whose name starts with the prefix, with its sessions. */
export async function dropTestDatabases(prefix: string): Promise<void> {
  const client = new Client({ connectionString: testDatabaseServer() });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
      [prefix],
    );
    for (const { name } of rows) await client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  } finally {
    await client.end();
  }
}

/** The URL of the PostgreSQL server that Jest's global set-up has started, or that DATABASE_URL named. */
export function testDatabaseServer(): string {
  return required('DATABASE_URL');
}

/** The Kafka brokers that Jest's global set-up has started, or that KAFKA_BROKERS named, one entry a broker. */
export function testKafkaBrokers(): readonly string[] {
  return required('KAFKA_BROKERS').split(',');
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(
      `${name} is not set: run this test in the Jest projects "integration" or "e2e", whose global set-up sets it.`,
    );
  }
  return value;
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
