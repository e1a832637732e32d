import { testDatabaseServer } from '@waybill/embedded/testing';
import { Client } from 'pg';

import { OF_TESTS } from './service-database.js';
import { until } from './until.js';

/** An administrator's view of the connections that a running system holds to PostgreSQL, in all its databases. */
export class ServerConnections {
  private constructor(
    private readonly admin: Client,
    private readonly databasePrefix: string,
  ) {}

  /** The caller closes it. */
  static async open(databasePrefix: string): Promise<ServerConnections> {
    const admin = new Client({ connectionString: testDatabaseServer() });
    await admin.connect();
    return new ServerConnections(admin, databasePrefix);
  }

  /**
   * All but those of the test itself, by which it looks at the databases meanwhile. Waits until their backends have exited: one that was
   * only signalled may still be sent a COMMIT, whose outcome is then unknown.
   * @returns how many backends were told to end.
   */
  async terminateAll(): Promise<number> {
    const { rows } = await this.admin.query<{ backend: string }>(
      `SELECT pid || ' ' || backend_start AS backend, pg_terminate_backend(pid)
         FROM pg_stat_activity WHERE starts_with(datname, $1) AND application_name <> $2`,
      [this.databasePrefix, OF_TESTS],
    );
    const alive = `SELECT 1 FROM pg_stat_activity WHERE pid || ' ' || backend_start = ANY ($1)`;
    const told = rows.map(({ backend }) => backend);
    const haveExited = async () => (await this.admin.query(alive, [told])).rowCount === 0;
    await until(haveExited, { what: 'terminated backends to exit' });
    return told.length;
  }

  /** For connections to come: what a primary that was fenced off, and then its successor, say to a new one. */
  async setReadOnly(databases: readonly string[], isReadOnly: boolean): Promise<void> {
    for (const database of databases) {
      const setting = `default_transaction_read_only = ${isReadOnly ? 'on' : 'off'}`;
      await this.admin.query(`ALTER DATABASE "${this.databasePrefix}${database}" SET ${setting}`);
    }
  }

  /** Databases without the prefix, each with how many of its connections have last said LISTEN. */
  async listeners(): Promise<Readonly<Record<string, number>>> {
    const { rows } = await this.admin.query<{ name: string; count: number }>(
      `SELECT substr(datname, length($1) + 1) AS name, count(*)::int AS count
         FROM pg_stat_activity
        WHERE starts_with(datname, $1) AND query ILIKE 'listen%'
        GROUP BY 1 ORDER BY 1`,
      [this.databasePrefix],
    );
    return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
  }

  async close(): Promise<void> {
    await this.admin.end();
  }
}
