import { databaseUrl, ensureDatabase, GuardedClient } from '@waybill/database';
import type { Statement } from '@waybill/database';
import { Pool } from 'pg';

import { createFaultTable } from './faults/fault-table.js';

/** Any constant: each ledger has a database of its own. */
const SCHEMA_LOCK = 5_120_001;

/**
 * A simulated provider's own database, on its own connections: no transaction of the service reaches it. What it says
 * happened is what happened outside, however often the service is killed.
 */
export class Ledger {
  readonly #pool: Pool;

  private constructor(pool: Pool) {
    this.#pool = pool;
    // A connection that dies while idle is replaced by the pool; without a listener the process would exit.
    pool.on('error', () => {});
  }

  /**
   * Creates database and tables where they are missing; any number of processes may do so at once.
   * @param schema SQL that is repeatable: `CREATE TABLE IF NOT EXISTS …`
   */
  static async open(serverUrl: string, database: string, schema: string): Promise<Ledger> {
    await ensureDatabase(serverUrl, database);
    const connectionString = databaseUrl(serverUrl, database);
    const client = new GuardedClient({ connectionString });
    await client.connect();
    try {
      await client.query('SELECT pg_advisory_lock($1)', [SCHEMA_LOCK]);
      await client.query(schema);
      await client.query(createFaultTable);
    } finally {
      await client.end();
    }
    return new Ledger(
      new Pool({ connectionString, Client: GuardedClient, max: 4, application_name: database, keepAlive: true }),
    );
  }

  async query<Result extends object>({ name, text }: Statement, values: readonly unknown[]): Promise<Result[]> {
    return (await this.#pool.query<Result>({ name, text, values: [...values] })).rows;
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
