import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { databaseUrl, GuardedClient } from '@waybill/database';
import type { Statement } from '@waybill/database';
import { Pool } from 'pg';

import { LAB_CONFIG } from '../lab-config.token.js';
import type { LabConfig } from '../lab.config.js';

/** The databases of the services, of the simulated providers, and the lab's own, which whoever uses it first creates. */
export type DatabaseName = 'order' | 'payment' | 'inventory' | 'shipping' | 'payment_provider' | 'carrier' | 'lab';

const IDLE_MS = 5_000;
const CONNECT_MS = 2_000;
const STATEMENT_MS = 10_000;

/** Connections to the databases of the system, made when one asks and closed soon after: a lab at rest has none. */
@Injectable()
export class Databases implements OnApplicationShutdown {
  readonly #pools = new Map<DatabaseName, Pool>();

  constructor(@Inject(LAB_CONFIG) private readonly config: Pick<LabConfig, 'databaseUrl' | 'databasePrefix'>) {}

  /** @throws the driver's error */
  async query<Row extends object>(
    database: DatabaseName,
    { name, text }: Statement,
    values: readonly unknown[] = [],
  ): Promise<readonly Row[]> {
    return (await this.#pool(database).query<Row>({ name, text, values: [...values] })).rows;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.end()));
  }

  #pool(database: DatabaseName): Pool {
    const known = this.#pools.get(database);
    if (known !== undefined) return known;
    const pool = new Pool({
      connectionString: databaseUrl(this.config.databaseUrl, `${this.config.databasePrefix}${database}`),
      Client: GuardedClient,
      max: 2,
      idleTimeoutMillis: IDLE_MS,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: STATEMENT_MS,
      application_name: 'lab',
    });
    pool.on('error', () => {}); // the next question makes another connection
    this.#pools.set(database, pool);
    return pool;
  }
}
