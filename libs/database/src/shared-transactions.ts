import { AsyncResource } from 'node:async_hooks';

import { isLostConnection } from './database.errors.js';
import type { Database } from './database.js';
import type { Transaction } from './transaction.js';

export interface SharedTransactionsOptions {
  /** Most pieces of work in one transaction. @default 100 */
  readonly maxWork?: number;
  /** Transactions at a time; what arrives meanwhile shares the next. @default 2 */
  readonly concurrency?: number;
}

interface Work {
  /** @throws what the work throws. Its result counts once the transaction has committed. */
  readonly run: (tx: Transaction) => Promise<() => void>;
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
 * anything. Where the connection is lost, or can't be had, all fail with that error and nothing runs again.
 */
export class SharedTransactions {
  readonly #maxWork: number;
  readonly #concurrency: number;
  #waiting: Work[] = [];
  #running = 0;
  #scheduled = false;

  constructor(
    private readonly database: Pick<Database, 'transaction'>,
    { maxWork = 100, concurrency = 2 }: SharedTransactionsOptions = {},
  ) {
    this.#maxWork = maxWork;
    this.#concurrency = concurrency;
  }

  /**
   * @returns what the work returned, after the commit.
   * @throws what the work threw; the connection's error, AmbiguousCommitError among them, as `Database.transaction` does.
   */
  run<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    const context = new AsyncResource('SharedTransactions.run'); // AsyncResource.bind costs several times as much
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        run: async (tx) => {
          const result = await context.runInAsyncScope(work, undefined, tx);
          return () => resolve(result);
        },
        reject,
      });
      this.#schedule();
    });
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
      else for (const work of group) await this.#together([work]);
      return;
    }
    for (const [{ reject }, error] of refused) reject(error);
    for (const resolve of committed) resolve();
  }
}
