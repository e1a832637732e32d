import type { RowLock, UnitOfWork } from '../ports.js';

/** What the in-memory ports put into a transaction: applied at its commit, undone at its rollback. */
export class InMemoryTransaction {
  readonly locks: RowLock[] = [];
  readonly #onCommit: (() => void)[] = [];
  readonly #onEnd: (() => void)[] = [];
  #ended = false;

  onCommit(apply: () => void): void {
    this.#onCommit.push(apply);
  }

  /** After commit or rollback. */
  onEnd(clean: () => void): void {
    this.#onEnd.push(clean);
  }

  /** @internal */
  end(outcome: 'commit' | 'rollback'): void {
    if (this.#ended) return;
    this.#ended = true;
    if (outcome === 'commit') for (const apply of this.#onCommit) apply();
    for (const clean of this.#onEnd) clean();
  }
}

/** An infrastructure failure of the in-memory ports. */
export class TransientError extends Error {
  readonly code = 'TRANSIENT';
}

/** Data that the in-memory database can't store. */
export class UnstorableError extends Error {
  readonly code = 'UNSTORABLE';
}

/** {@link UnitOfWork} for tests without a database: writes are applied at the commit. */
export class InMemoryUnitOfWork implements UnitOfWork<InMemoryTransaction> {
  commits = 0;
  rollbacks = 0;
  readonly locked: RowLock[][] = [];
  #commitFailures: { readonly error: Error; readonly applied: boolean }[] = [];

  /** The next commit fails; `applied` = ambiguous: it took effect all the same. */
  failNextCommit(error: Error, applied: boolean): void {
    this.#commitFailures.push({ error, applied });
  }

  async transaction<Result>(work: (tx: InMemoryTransaction) => Promise<Result>): Promise<Result> {
    const tx = new InMemoryTransaction();
    try {
      const result = await work(tx);
      const failure = this.#commitFailures.shift();
      if (failure?.applied === true) tx.end('commit');
      if (failure) throw failure.error;
      tx.end('commit');
      this.commits += 1;
      return result;
    } catch (error) {
      tx.end('rollback');
      this.rollbacks += 1;
      throw error;
    }
  }

  async lockRows(tx: InMemoryTransaction, locks: readonly RowLock[]): Promise<void> {
    tx.locks.push(...locks);
    this.locked.push([...locks]);
  }

  isTransient(error: unknown): boolean {
    return error instanceof TransientError;
  }

  isUnstorable(error: unknown): boolean {
    return error instanceof UnstorableError;
  }
}
