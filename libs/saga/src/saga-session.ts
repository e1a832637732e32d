import type { Transaction } from '@waybill/database';

import type { SagaInstance } from './saga-instance.js';
import type { SagaStore } from './saga-store.js';

interface Held {
  /** As in the row; `undefined` for an instance that this transaction starts. */
  readonly loaded: SagaInstance | undefined;
  current: SagaInstance;
}

/**
 * The sagas that one transaction works on. Each is loaded and locked once, and written once, just before COMMIT, together
 * with all others: a batch of messages costs two statements, however many sagas and handlers it touches.
 */
export class SagaSession {
  readonly #held = new Map<string, Held[]>();
  readonly #loaded = new Set<string>();
  #now = 0;
  #writing = false;

  constructor(
    private readonly tx: Transaction,
    private readonly store: SagaStore,
    private readonly deadlineSet: (inMs: number) => void,
  ) {}

  async load(ids: readonly string[]): Promise<void> {
    const unknown = ids.filter((id) => !this.#loaded.has(id));
    if (unknown.length === 0) return;
    const { instances, now } = await this.store.loadMany(this.tx, unknown);
    this.#now = Math.max(this.#now, now);
    for (const id of unknown) this.#loaded.add(id);
    for (const instance of instances) this.#hold({ loaded: instance, current: instance });
  }

  /** The database's time when sagas were loaded last, in milliseconds since 1970; they say nothing before that. */
  get now(): number {
    return this.#now;
  }

  /** The sagas of this id, as far as they were loaded or started here. */
  of(id: string): readonly SagaInstance[] {
    return (this.#held.get(id) ?? []).map(({ current }) => current);
  }

  start(instance: SagaInstance): void {
    this.#hold({ loaded: undefined, current: instance });
    this.#writeBeforeCommit();
  }

  change(instance: SagaInstance): void {
    const held = this.#held.get(instance.id)?.find(({ current }) => current.saga === instance.saga);
    if (!held) throw new Error(`Saga ${instance.saga} of ${instance.id} isn't part of this transaction`);
    held.current = instance;
    this.#writeBeforeCommit();
  }

  #hold(held: Held): void {
    this.#held.set(held.current.id, [...(this.#held.get(held.current.id) ?? []), held]);
  }

  #writeBeforeCommit(): void {
    if (this.#writing) return;
    this.#writing = true;
    this.tx.afterCommit(() => {
      const deadlines = [...this.#held.values()]
        .flat()
        .flatMap(({ current: { deadlineAt, updatedAt } }) => (deadlineAt === null ? [] : deadlineAt - updatedAt));
      if (deadlines.length > 0) this.deadlineSet(Math.min(...deadlines));
    });
    this.tx.writeBeforeCommit(() => {
      const all = [...this.#held.values()].flat();
      const started = all.filter(({ loaded }) => loaded === undefined).map(({ current }) => current);
      const changed = all.flatMap(({ loaded, current }) =>
        loaded === undefined || loaded === current
          ? []
          : [{ instance: current, dataChanged: current.data !== loaded.data }],
      );
      return [
        ...(started.length > 0 ? [this.store.insertMany(this.tx, started)] : []),
        ...(changed.length > 0 ? [this.store.saveMany(this.tx, changed)] : []),
      ];
    });
  }
}
