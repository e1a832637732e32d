import type { PoolClient } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

import { destroyConnection, socketOf } from './client-socket.js';
import { failedAtOnce, failureOf } from './commit-outcome.js';
import {
  HookTooLateError,
  NotInTransactionError,
  SavepointError,
  sqlStateOf,
  SwallowedFailureError,
} from './database.errors.js';
import { transactionBegin, transactionCommit, transactionCommitted } from './diagnostics.js';
import { FAILED_TRANSACTION, statementsOf } from './own-errors.js';
import { preparedQuery } from './prepared-query.js';
import { assertNoneOpen, closeFor, isInSavepoint, openFor } from './savepoints.js';
import type { ServerClock } from './server-clock.js';
import { assertOwnName, settleParts, statementOf } from './shared-statement.js';
import type { Part, ReadStatement, SharedRow, SharedStatement, WriteStatement } from './shared-statement.js';
import type { Row, Statement } from './statement.js';
import { BEGIN, PROBE, READ_CLOCK } from './transaction-commands.js';

/** Issues its statements at once, without waiting between them, and returns their promises. */
export type BeforeCommit = () => readonly Promise<unknown>[];

/**
 * One database transaction, visible to everything that commits together: pass it on, don't look it up.
 * TypeORM works on it through {@link manager}; hot statements go straight to the driver through {@link query}, on the
 * same connection. Statements issued in one tick travel in one packet (pg's pipeline mode).
 *
 * Made by `Database.transaction()` only; READ COMMITTED.
 */
export class Transaction {
  readonly #runner: QueryRunner;
  readonly #client: PoolClient;
  readonly #clock: ServerClock;
  readonly #writeBeforeCommit: BeforeCommit[] = [];
  readonly #beforeCommit: BeforeCommit[] = [];
  #parts: Part[] = [];
  readonly #afterCommit: (() => void)[] = [];
  readonly #sessions = new Map<(tx: Transaction) => unknown, unknown>();
  #state: 'active' | 'committing' | 'sent' | 'ended' = 'active';
  #corked = false;
  #touches = 0;
  #hasCommitted = false;

  private constructor(runner: QueryRunner, client: PoolClient, clock: ServerClock) {
    this.#runner = runner;
    this.#client = client;
    this.#clock = clock;
  }

  /** @internal */
  static async begin(runner: QueryRunner, clock: ServerClock): Promise<Transaction> {
    // TypeORM types its driver connection loosely; for PostgreSQL it is pg's pooled client.
    const client = (await runner.connect()) as PoolClient;
    const tx = new Transaction(runner, client, clock);
    statementsOf(client).failure = undefined;
    transactionBegin.tell(() => ({ transaction: tx }));
    // BEGIN goes out with the first statement. If it fails, so does every statement after it.
    tx.#send(BEGIN).catch(() => {});
    openFor(runner);
    if (!clock.isFresh) {
      const reading = clock.read(async () => (await client.query<{ ms: number }>(READ_CLOCK)).rows[0]?.ms);
      if (!clock.isKnown) await reading; // the first time; later it travels with the first statement
    }
    return tx;
  }

  get isActive(): boolean {
    return this.#state === 'active';
  }

  /**
   * Milliseconds since 1970 by the database's clock, as this process knows it: for times that are stored, so that those of several
   * processes compare. Asks nobody.
   */
  now(): number {
    return this.#clock.now();
  }

  /** @internal */
  get dataSource(): DataSource {
    return this.#runner.dataSource;
  }

  /** @internal How often it was used so far: who finds it unchanged has left nothing in it. */
  get touches(): number {
    return this.#touches;
  }

  /** @internal Whatever fails afterwards: it must not be done again. */
  get hasCommitted(): boolean {
    return this.#hasCommitted;
  }

  /** @internal What its connection was lost with before its end. */
  get lost(): Error | undefined {
    return this.#state === 'ended' ? undefined : statementsOf(this.#client).lost;
  }

  /** TypeORM's entity manager on this transaction's connection. */
  get manager(): EntityManager {
    this.assertActive('Transaction.manager');
    this.#sendParts();
    return this.#runner.manager;
  }

  /**
   * Runs a prepared statement.
   * @throws NotInTransactionError after the end of the transaction; the driver's error as it is.
   */
  async query<Result extends object = Row>(statement: Statement, values: readonly unknown[] = []): Promise<Result[]> {
    this.#assertOpen(statement);
    this.#touches += 1;
    this.#sendParts();
    return this.#query<Result>(statement, values);
  }

  /**
   * Writes, at the latest at the end of this tick. Writes that follow each other, without a query between and of different tables, share one
   * statement; whatever comes after them sees what they did.
   * @throws NotInTransactionError after the end of the transaction; the error of whichever of them has failed, as it is.
   */
  async write(statement: WriteStatement, values: readonly unknown[]): Promise<void> {
    await this.#share(statement, values);
  }

  /**
   * Reads in the same way: in one statement with the reads and writes before and after it, which all see what there was before the first of them.
   * @throws as {@link write} does
   */
  async read<Result extends object = Row>(statement: ReadStatement, values: readonly unknown[]): Promise<Result[]> {
    return (await this.#share(statement, values)) as Result[]; // the caller names the columns
  }

  /**
   * What this transaction remembers for one part of the program: made by the first call, the same from then on, gone with the
   * transaction. The function is the key, so keep it: a closure written at the call is another key each time.
   * @throws NotInTransactionError after the end of the transaction; SavepointError.
   */
  session<State>(begin: (tx: Transaction) => State): State {
    this.assertOutsideSavepoint('Transaction.session');
    if (!this.#sessions.has(begin)) this.#sessions.set(begin, begin(this));
    return this.#sessions.get(begin) as State; // set by the line above, under this very function
  }

  /**
   * Runs `issue` when the work is done. The statements it issues and COMMIT travel together: if one fails, or a promise is
   * rejected at once, before its statement is issued, the transaction is rolled back. COMMIT waits for nothing else, so a
   * hook must not either: what it issues later is refused, and what it fails with later is thrown as HookTooLateError,
   * once the transaction has committed.
   * @throws SavepointError
   */
  beforeCommit(issue: BeforeCommit): void {
    this.assertOutsideSavepoint('Transaction.beforeCommit');
    this.#beforeCommit.push(issue);
  }

  /** The same, ahead of all that {@link beforeCommit} is given: for hooks that do nothing but {@link write}, so that they share one statement. */
  writeBeforeCommit(issue: BeforeCommit): void {
    this.assertOutsideSavepoint('Transaction.writeBeforeCommit');
    this.#writeBeforeCommit.push(issue);
  }

  /** Runs `notify` once the transaction has committed, and never otherwise. It must not throw. */
  afterCommit(notify: () => void): void {
    this.assertOutsideSavepoint('Transaction.afterCommit');
    this.#afterCommit.push(notify);
  }

  /** Code that works on the transaction by other means than its methods says so by this. @throws NotInTransactionError */
  assertActive(operation: string): void {
    if (this.#state !== 'active') throw new NotInTransactionError(operation);
    this.#touches += 1;
  }

  /**
   * Code that keeps something for the end of the transaction says so by this: a rollback to a savepoint wouldn't undo that. Sees the
   * savepoints of TypeORM's `manager.transaction()`.
   * @throws NotInTransactionError, SavepointError
   */
  assertOutsideSavepoint(operation: string): void {
    this.assertActive(operation);
    if (isInSavepoint(this.#runner)) throw new SavepointError(operation);
  }

  /**
   * For code that runs parts which know nothing of each other, behind each: a failure that a part has swallowed would be blamed on the next
   * one. Waits for statements that nobody waits for; otherwise asks the server only if one has failed. What a savepoint has undone is no matter,
   * one that is still open is.
   * @throws SwallowedFailureError, SavepointLeftOpenError; the driver's error as it is.
   */
  async assertIntact(): Promise<void> {
    this.#sendParts();
    assertNoneOpen(this.#runner);
    const statements = statementsOf(this.#client);
    if (statements.pending === 0 && statements.failure === undefined) return;
    try {
      await this.#query(PROBE, []);
    } catch (error) {
      throw sqlStateOf(error) === FAILED_TRANSACTION ? new SwallowedFailureError(statements.failure ?? error) : error;
    }
    assertNoneOpen(this.#runner); // its SAVEPOINT may have been among those that nobody waited for
    statements.failure = undefined;
  }

  /** @internal */
  async commit(): Promise<void> {
    this.assertActive('Transaction.commit');
    assertNoneOpen(this.#runner);
    this.#state = 'committing';
    transactionCommit.tell(() => ({ transaction: this }));
    const issued = [...this.#writeBeforeCommit, ...this.#beforeCommit].flatMap((issue) => issue());
    const refusedHere = await failedAtOnce(issued);
    this.#sendParts();
    if (refusedHere) {
      await Promise.allSettled(issued);
      throw refusedHere.reason;
    }
    this.#state = 'sent';
    const committed = this.#send('COMMIT');
    const [statements, [commit]] = await Promise.all([Promise.allSettled(issued), Promise.allSettled([committed])]);
    this.#end();
    const failures = statements.filter((result) => result.status === 'rejected').map(({ reason }): unknown => reason);
    if (commit.status === 'rejected' || commit.value !== 'COMMIT') throw failureOf(commit, failures);
    this.#hasCommitted = true;
    transactionCommitted.tell(() => ({ transaction: this }));
    for (const notify of this.#afterCommit) notify();
    if (failures.length > 0) throw new HookTooLateError(failures[0]);
  }

  /** @internal Ends the connection, so that the pool doesn't hand it to the next one: its socket may not know yet. */
  discardConnection(): void {
    destroyConnection(this.#client);
  }

  /** @internal Whatever is still to come in this transaction fails, by whichever way it comes; the server rolls back what was done, within seconds. */
  abandon(): void {
    if (this.#state !== 'active') return;
    this.#end();
    this.discardConnection();
    this.#sendParts(); // to be refused, as nobody may wait for ever
  }

  /** @internal Never throws: a connection that can't roll back is gone, and the transaction with it. */
  async rollback(): Promise<void> {
    if (this.#state === 'ended') return;
    this.#sendParts(); // nobody is left to wait for them; the server rolls them back
    this.#end();
    await this.#send('ROLLBACK').catch(() => {});
  }

  /** Behind COMMIT a statement would be a transaction of its own. */
  #assertOpen({ name }: Statement): void {
    if (this.#state === 'sent' || this.#state === 'ended') throw new NotInTransactionError(`Statement ${name}`);
  }

  #end(): void {
    this.#state = 'ended';
    closeFor(this.#runner);
  }

  async #query<Result extends object>(statement: Statement, values: readonly unknown[]): Promise<Result[]> {
    this.#cork();
    return (await this.#client.query<Result>(preparedQuery(statement, values))).rows;
  }

  async #share(statement: SharedStatement, values: readonly unknown[]): Promise<Row[]> {
    this.#assertOpen(statement);
    assertOwnName(statement);
    this.#touches += 1;
    const isOfSameTable = ({ statement: { tables } }: Part) => tables.some((name) => statement.tables.includes(name));
    if (this.#parts.some(isOfSameTable)) this.#sendParts();
    this.#cork();
    const rows = new Promise<Row[]>((resolve, reject) => this.#parts.push({ statement, values, resolve, reject }));
    if (isInSavepoint(this.#runner)) this.#sendParts(); // a rollback to it may be issued within this tick
    return rows;
  }

  #sendParts(): void {
    if (this.#parts.length === 0) return;
    const parts = this.#parts;
    this.#parts = [];
    const shared = statementOf(parts.map(({ statement }) => statement));
    this.#query<SharedRow>(
      shared,
      parts.flatMap(({ values }) => values),
    ).then(
      ([row]) => settleParts(parts, shared, row),
      (error: unknown) => parts.forEach(({ reject }) => reject(error)),
    );
  }

  async #send(command: typeof BEGIN | 'COMMIT' | 'ROLLBACK'): Promise<string> {
    this.#cork();
    return (await this.#client.query(command)).command;
  }

  /** Holds the socket, and statements that others may join, back until the end of this tick, so that a burst of statements is one packet. */
  #cork(): void {
    if (this.#corked) return;
    const stream = socketOf(this.#client);
    this.#corked = true;
    stream?.cork();
    process.nextTick(() => {
      this.#sendParts();
      this.#corked = false;
      stream?.uncork();
    });
  }
}
