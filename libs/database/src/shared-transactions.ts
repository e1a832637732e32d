import { AsyncResource } from 'node:async_hooks';

import { isLostConnection, TransactionsBusyError } from './database.errors.js';
import type { Database } from './database.js';
import type { Transaction } from './transaction.js';

export interface SharedTransactionsOptions {
  /** Most pieces of work in one transaction. @default 100 */
  readonly maxWork?: number;
  /** Transactions at a time; what arrives meanwhile shares the next. @default 2 */
  readonly concurrency?: number;
  /** Milliseconds after which work that no transaction was free for is refused. @default 10000, as with a pool whose connections are all in use */
  readonly maxWaitMs?: number;
}

interface Work {
  /** @throws what the work throws. Its result counts once the transaction has committed. */
  readonly run: (tx: Transaction) => Promise<() => void>;
  readonly waitsSince: number;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit in the application: pieces of work that don't know of each other share a transaction when they arrive faster
 * than transactions commit. Each behaves as if it had one of its own: it commits, or fails alone. Under little load each
 * does have its own, at once.
 *
 * Work of one transaction runs one after the other, so it should not wait for anything but that transaction. If work that
 * has touched the transaction fails, or the commit is refused, all of it is rolled back and each piece runs **again**, by
 * itself: it must have no effect but what it does in the transaction. Work that fails before it has touched it costs nobody
 * anything. Where the connection is lost, or can't be had, all fail with that error and nothing runs again. Work that has waited
 * too long for its turn is refused then and never carried out: its caller is told, and may have asked again.
 */
export class SharedTransactions {
  readonly #maxWork: number;
  readonly #concurrency: number;
  readonly #maxWaitMs: number;
  #waiting: Work[] = [];
  #running = 0;
  #scheduled = false;
  #refusing: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Pick<Database, 'transaction'>,
    { maxWork = 100, concurrency = 2, maxWaitMs = 10_000 }: SharedTransactionsOptions = {},
  ) {
    this.#maxWork = maxWork;
    this.#concurrency = concurrency;
    this.#maxWaitMs = maxWaitMs;
  }

  /**
   * @returns what the work returned, after the commit.
   * @throws what the work threw; the connection's error, AmbiguousCommitError among them, as `Database.transaction` does;
   * TransactionsBusyError, which `isTransientDatabaseError` knows.
   */
  run<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    const context = new AsyncResource('SharedTransactions.run'); // AsyncResource.bind costs several times as much
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        run: async (tx) => {
          const result = await context.runInAsyncScope(work, undefined, tx);
          return () => resolve(result);
        },
        waitsSince: performance.now(),
        reject,
      });
      this.#schedule();
      this.#refuseLater(this.#maxWaitMs);
    });
  }

  /** One timer for all: under load a timer for each work would cost more than the work of queueing it. */
  #refuseLater(afterMs: number): void {
    if (this.#refusing !== undefined) return;
    this.#refusing = setTimeout(() => {
      this.#refusing = undefined;
      this.#refuseLate();
      const [oldest] = this.#waiting;
      if (oldest) this.#refuseLater(oldest.waitsSince + this.#maxWaitMs - performance.now());
    }, afterMs).unref();
  }

  #refuseLate(): void {
    const inTime = this.#waiting.findIndex((work) => !this.#hasWaitedTooLong(work)); // the oldest are first
    if (inTime === 0) return;
    const late = this.#waiting.splice(0, inTime < 0 ? this.#waiting.length : inTime);
    for (const { reject } of late) reject(new TransactionsBusyError(this.#maxWaitMs));
  }

  #hasWaitedTooLong({ waitsSince }: Pick<Work, 'waitsSince'>): boolean {
    return performance.now() - waitsSince >= this.#maxWaitMs;
  }

  /** In a later turn of the event loop: what has arrived by then goes together. */
  #schedule(): void {
    if (this.#scheduled || this.#running >= this.#concurrency) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#next();
    });
  }

  async #next(): Promise<void> {
    this.#refuseLate();
    const group = this.#waiting.splice(0, this.#maxWork);
    if (group.length === 0) return;
    this.#running += 1;
    if (this.#waiting.length > 0) this.#schedule();
    try {
      await this.#together(group);
    } finally {
      this.#running -= 1;
      if (this.#waiting.length > 0) this.#schedule();
    }
  }

  async #together(group: readonly Work[]): Promise<void> {
    const refused = new Map<Work, unknown>();
    const committed: (() => void)[] = [];
    let transaction: Transaction | undefined;
    try {
      await this.database.transaction(async (tx) => {
        transaction = tx;
        for (const work of group) {
          const untouched = tx.touches;
          try {
            committed.push(await work.run(tx));
          } catch (error) {
            if (tx.touches !== untouched) throw error;
            refused.set(work, error);
          }
        }
      });
    } catch (error) {
      // Not again: what was applied or may have been, and what failed for want of a connection, as each piece would.
      const isFinal = group.length === 1 || transaction?.hasCommitted === true || isLostConnection(error);
      if (isFinal || transaction === undefined) for (const { reject } of group) reject(error);
      else await this.#oneByOne(group);
      return;
    }
    for (const [{ reject }, error] of refused) reject(error);
    for (const resolve of committed) resolve();
  }

  /** The wait starts again: what was rolled back had its turn in time. */
  async #oneByOne(group: readonly Work[]): Promise<void> {
    const turn = { waitsSince: performance.now() };
    for (const work of group) {
      if (this.#hasWaitedTooLong(turn)) work.reject(new TransactionsBusyError(this.#maxWaitMs));
      else await this.#together([work]);
    }
  }
}
