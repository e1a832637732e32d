import { databaseUrl } from '@waybill/database';
import { testDatabaseServer } from '@waybill/embedded/testing';
import { Client } from 'pg';

import type { RunningSystem } from './running-system.js';

/** Keeps a copy of a stopped service's database. */
export function copyDatabase(system: RunningSystem, service: string): Promise<void> {
  const name = `${system.databasePrefix}${service}`;
  return onServer(`CREATE DATABASE "${name}_copy" TEMPLATE "${name}"`);
}

/** Puts the copy in the database's place; the copy stays. */
export async function restoreDatabase(system: RunningSystem, service: string): Promise<void> {
  await loseDatabase(system, service);
  const name = `${system.databasePrefix}${service}`;
  await onServer(`CREATE DATABASE "${name}" TEMPLATE "${name}_copy"`);
}

export function loseDatabase({ databasePrefix }: RunningSystem, service: string): Promise<void> {
  return onServer(`DROP DATABASE "${databasePrefix}${service}" WITH (FORCE)`);
}

async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl(testDatabaseServer(), 'postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
