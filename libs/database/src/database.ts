import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { DataSource } from 'typeorm';

import { connectionTarget, placeOf } from './connection-target.js';
import {
  failureOfWork,
  ForeignTransactionError,
  isDataFault,
  isLostConnection,
  isTransientDatabaseError,
} from './database.errors.js';
import { DedicatedConnection } from './dedicated-connection.js';
import type { DedicatedConnectionOptions } from './dedicated-connection.js';
import { checkForeignSession, isGuarded } from './foreign-session.js';
import { NotificationListener } from './notification-listener.js';
import type { NotificationListenerOptions } from './notification-listener.js';
import { OperatorQueries } from './operator-queries.js';
import { watchDataSource } from './own-errors.js';
import { assertOwnSessionsIn } from './own-sessions.js';
import { preparedQuery } from './prepared-query.js';
import { ServerClock } from './server-clock.js';
import type { Row, Statement } from './statement.js';
import { Transaction } from './transaction.js';
import { writeProbe } from './write-probe.js';

const PROBE_INTERVAL_MS = 2_000;

/** A row to lock, as `@waybill/messaging` names it. */
export interface RowToLock {
  readonly table: string;
  readonly column: string;
  readonly key: string;
}

/**
 * The service's database: transactions for what commits together, single statements for the rest.
 * Is the unit of work of `@waybill/messaging`.
 */
@Injectable()
export class Database implements OnModuleInit, OnApplicationShutdown {
  readonly #clock = new ServerClock();
  #probe: Promise<unknown> | undefined;
  #probedAt = 0;
  #operators: OperatorQueries | undefined;

  constructor(@Inject(DataSource) readonly dataSource: DataSource) {
    watchDataSource(dataSource);
  }

  /**
   * Commits when `work` resolves, rolls back when it rejects (and rejects with the same error, unless
   * the connection was lost meanwhile: then with that, and `cause` is the error).
   * @throws AmbiguousCommitError when the connection was lost during COMMIT.
   */
  async transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const tx = await Transaction.begin(runner, this.#clock);
      try {
        const result = await work(tx);
        await tx.commit();
        return result;
      } catch (thrown) {
        const error = failureOfWork(thrown, tx.lost);
        await tx.rollback();
        if (isLostConnection(error)) tx.discardConnection();
        throw error;
      }
    } finally {
      await runner.release();
    }
  }

  /** Runs one prepared statement on its own (autocommit). */
  async query<Result extends object = Row>(statement: Statement, values: readonly unknown[] = []): Promise<Result[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient; // TypeORM types it loosely; for PostgreSQL it is pg's client
      try {
        return (await client.query<Result>(preparedQuery(statement, values))).rows;
      } catch (error) {
        if (isLostConnection(error)) void client.end().catch(() => {}); // its socket may not know yet
        throw error;
      }
    } finally {
      await runner.release();
    }
  }

  /** Locks rows until the end of the transaction, table by table, each sorted by key. Rows that don't exist are ignored. */
  async lockRows(tx: Transaction, locks: readonly RowToLock[]): Promise<void> {
    const keysByTable = new Map<string, Set<string>>();
    for (const { table, column, key } of locks) {
      const name = `${identifier(table)} ${identifier(column)}`;
      keysByTable.set(name, (keysByTable.get(name) ?? new Set()).add(key));
    }
    await Promise.all(
      [...keysByTable.keys()].sort().map((name) => {
        const [table = '', column = ''] = name.split(' ');
        const text = `SELECT 1 FROM "${table}" WHERE "${column}" = ANY($1) ORDER BY "${column}" FOR UPDATE`;
        return tx.query({ name: `lock_${table}_${column}`, text }, [[...(keysByTable.get(name) ?? [])].sort()]);
      }),
    );
  }

  /** Readings for operators, on connections of their own. */
  get operators(): OperatorQueries {
    this.#operators ??= new OperatorQueries(connectionTarget(this.dataSource));
    return this.#operators;
  }

  /** A connection to the same database outside the pool. The caller closes it. */
  dedicatedConnection(options?: DedicatedConnectionOptions): DedicatedConnection {
    return new DedicatedConnection(connectionTarget(this.dataSource), options);
  }

  /** Hears NOTIFY on one channel of this database. The caller starts and stops it. */
  notificationListener(options: Omit<NotificationListenerOptions, 'target'>): NotificationListener {
    return new NotificationListener({ ...options, target: connectionTarget(this.dataSource) });
  }

  /**
   * Code that keeps for later what it writes in a transaction says by this that it must be one of this database: of the same data source,
   * or of another one to the same place.
   * @throws ForeignTransactionError
   */
  assertOwn({ dataSource }: Transaction, operation: string): void {
    if (dataSource === this.dataSource) return;
    const [given, own] = [placeOf(dataSource), placeOf(this.dataSource)];
    if (given !== own) throw new ForeignTransactionError(operation, given, own);
  }

  assertIntact(tx: Transaction): Promise<void> {
    return tx.assertIntact();
  }

  abandon(tx: Transaction): void {
    tx.abandon();
  }

  isTransient(error: unknown): boolean {
    return isTransientDatabaseError(error);
  }

  isUnstorable(error: unknown): boolean {
    return isDataFault(error);
  }

  /**
   * Writes a row, at most once in two seconds however often it is asked: a server that answers but takes no writes, because
   * of a failover or a full disk, does no good. Needs {@link databaseMigrations}.
   * @throws the driver's error; ReadOnlyServerError.
   */
  async checkWritable(): Promise<void> {
    if (this.#probe === undefined || performance.now() - this.#probedAt > PROBE_INTERVAL_MS) {
      this.#probedAt = performance.now();
      this.#probe = this.query(writeProbe);
      this.#probe.catch(() => (this.#probe = undefined)); // what failed is asked again
    }
    await this.#probe;
  }

  /**
   * For a data source that `DatabaseModule` hasn't made.
   * @throws UnusableDatabaseError where connections share their sessions, or nobody sets those up that would need it
   */
  async onModuleInit(): Promise<void> {
    if (!this.dataSource.isInitialized) return; // what is connected later isn't asked
    await assertOwnSessionsIn(this.dataSource);
    if (isGuarded(this.dataSource)) return;
    await checkForeignSession((statement, values) => this.query(statement, values));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#operators?.close();
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}

function identifier(name: string): string {
  if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw new TypeError(`Not a plain SQL identifier: ${JSON.stringify(name)}`);
  return name;
}
