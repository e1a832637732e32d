import { createDataSource, Database, ensureDatabase, migrate } from '@waybill/database';
import type { PayloadStore } from '@waybill/messaging';

import { CreateClaimCheckPayload1795700000000 } from './migrations/create-claim-check-payload.js';
import { getPayload, putPayload, removePayloads, renewPayloads, sweepPayloads } from './sql/payloads.js';

export interface PostgresPayloadStoreOptions {
  /** URL of the store's own database, which is created if missing. */
  readonly url: string;
  /** Most connections of this process to the store. @default 4 */
  readonly poolSize?: number;
}

/** {@link PayloadStore} in a PostgreSQL database of its own, with its own connections. */
export class PostgresPayloadStore implements PayloadStore {
  private constructor(private readonly database: Database) {}

  /** Creates the database and its table if they are missing. Any number of services may do so at once. */
  static async open({ url, poolSize = 4 }: PostgresPayloadStoreOptions): Promise<PostgresPayloadStore> {
    await ensureDatabase(url, decodeURIComponent(new URL(url).pathname.slice(1)));
    const migrations = [CreateClaimCheckPayload1795700000000];
    const dataSource = await createDataSource({
      url,
      migrations,
      poolSize,
      applicationName: 'claim-check',
    }).initialize();
    await migrate(dataSource, url);
    return new PostgresPayloadStore(new Database(dataSource));
  }

  async put(id: string, payload: Buffer): Promise<void> {
    await this.database.query(putPayload, [id, payload]);
  }

  async get(id: string): Promise<Buffer | undefined> {
    const [row] = await this.database.query<{ payload: Buffer }>(getPayload, [id]);
    return row?.payload;
  }

  async renew(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.database.query(renewPayloads, [ids]);
  }

  async sweep(olderThanMs: number, limit: number): Promise<number> {
    return (await this.database.query(sweepPayloads, [olderThanMs, limit])).length;
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.database.query(removePayloads, [ids]);
  }

  close(): Promise<void> {
    return this.database.onApplicationShutdown();
  }
}
