import { databaseUrl, ensureDatabase } from '@waybill/database';
import type { Statement } from '@waybill/database';
import { Client, Pool } from 'pg';

import { createLedger } from './sql/create-ledger.js';

const SCHEMA_LOCK = 5_120_002;

/** The simulated carrier's own database, on its own connections: no transaction of the service reaches it. */
export class Ledger {
  readonly #pool: Pool;

  private constructor(pool: Pool) {
    this.#pool = pool;
    // A connection that dies while idle is replaced by the pool; without a listener the process would exit.
    pool.on('error', () => {});
  }

  /** Creates database and tables where they are missing; any number of processes may do so at once. */
  static async open(serverUrl: string, database: string): Promise<Ledger> {
    await ensureDatabase(serverUrl, database);
    const connectionString = databaseUrl(serverUrl, database);
    const client = new Client({ connectionString });
    await client.connect();
    try {
      await client.query('SELECT pg_advisory_lock($1)', [SCHEMA_LOCK]);
      await client.query(createLedger);
    } finally {
      await client.end();
    }
    return new Ledger(new Pool({ connectionString, max: 4, application_name: database, keepAlive: true }));
  }

  async query<Result extends object>({ name, text }: Statement, values: readonly unknown[]): Promise<Result[]> {
    return (await this.#pool.query<Result>({ name, text, values: [...values] })).rows;
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
