import type { Database } from '@waybill/database';

import type { CommittedRow, CommittedRows } from './outbox-row.js';
import { notify } from './sql/notify.js';

/**
 * Wakes relays elsewhere: at most one NOTIFY per interval, outside business transactions (it serialises commits). Best effort:
 * polling is the truth behind it.
 */
export class Notifier implements CommittedRows {
  #lastMs = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Pick<Database, 'query'>,
    private readonly intervalMs: number,
    /** Tells a relay its own hints from others'. */
    private readonly origin: string,
  ) {}

  shardFor(_topic: string, hashed: number): number {
    return hashed;
  }

  accept(rows: readonly CommittedRow[]): void {
    if (rows.length > 0) this.wake();
  }

  lookAgain(): void {
    this.wake();
  }

  wake(): void {
    if (this.#timer) return;
    const waitMs = Math.max(0, this.#lastMs + this.intervalMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#lastMs = performance.now();
      this.database.query(notify, [this.origin]).catch(() => {}); // a lost hint costs one poll interval
    }, waitMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
