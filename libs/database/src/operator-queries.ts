import { Pool } from 'pg';
import type { PoolConfig } from 'pg';

import { byIndexAlone } from './by-index-alone.js';
import { sqlStateOf } from './database.errors.js';
import type { ConnectionTarget } from './dedicated-connection.js';
import { GuardedClient } from './guarded-client.js';
import type { GuardedClientConfig } from './guarded-client.js';
import type { Row, Statement } from './statement.js';

const MOST_CONNECTIONS = 3;
/** People wait no longer for a list, and the server should do no more for one. */
const TIMEOUT_MS = 5_000;
const QUERY_CANCELED = '57014';

/** A reading for operators was stopped, or never began, so that it holds up nobody else. Nothing was changed. */
export class OperatorQueryStoppedError extends Error {
  override readonly name = 'OperatorQueryStoppedError';

  constructor(
    readonly code: 'QUERY_TOO_SLOW' | 'OPERATORS_BUSY',
    options: ErrorOptions,
  ) {
    super(
      code === 'QUERY_TOO_SLOW'
        ? `Reading this took longer than ${TIMEOUT_MS} ms and was stopped; ask for less`
        : `The ${MOST_CONNECTIONS} connections for operators were busy for ${TIMEOUT_MS} ms; try again later`,
      options,
    );
  }
}

/**
 * Readings for operators: lists, counts, filters over anything. On a few connections of their own and with a time limit, so
 * that however many are asked for at once, customers' requests find the pool as it was (F72).
 */
export class OperatorQueries {
  readonly #pool: Pool;

  constructor(target: ConnectionTarget) {
    const config: PoolConfig & GuardedClientConfig = {
      ...target,
      Client: GuardedClient,
      application_name: 'operators',
      statementTimeoutMs: TIMEOUT_MS,
      plans: 'free',
      max: MOST_CONNECTIONS,
      connectionTimeoutMillis: TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000, // else the system's two hours
    };
    this.#pool = new Pool(config);
    this.#pool.on('error', () => {}); // a lost connection is replaced
  }

  /** @throws OperatorQueryStoppedError, or the driver's error. */
  query<Result extends object = Row>(statement: Statement, values: readonly unknown[] = []): Promise<Result[]> {
    return told(async () => {
      const { rows } = await this.#pool.query<Result>({ ...statement, values: [...values] });
      return rows;
    });
  }

  /** The same as {@link byIndexAlone} has it planned. */
  queryByIndex<Result extends object = Row>(statement: Statement, values: readonly unknown[]): Promise<Result[]> {
    return told(async () => {
      const client = await this.#pool.connect();
      let failed = true;
      try {
        await client.query('BEGIN READ ONLY');
        await client.query(byIndexAlone);
        const { rows } = await client.query<Result>({ ...statement, values: [...values] });
        await client.query('COMMIT');
        failed = false;
        return rows;
      } finally {
        client.release(failed);
      }
    });
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}

async function told<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    if (sqlStateOf(cause) === QUERY_CANCELED) throw new OperatorQueryStoppedError('QUERY_TOO_SLOW', { cause });
    if (isBusy(cause)) throw new OperatorQueryStoppedError('OPERATORS_BUSY', { cause });
    throw cause;
  }
}

/** pg-pool's words when no connection became free in time. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect';
}
