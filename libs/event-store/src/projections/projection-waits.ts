import { setTimeout as sleep } from 'node:timers/promises';

import type { Database } from '@waybill/database';

import { FIND_POSITION } from '../sql/projections.js';

interface Wait {
  readonly position: bigint;
  readonly end: (hasReached: boolean) => void;
}

/** Milliseconds between two looks while somebody waits; one look is for all who do. */
const LOOK_MS = 25;
/** Each holds a connection of a client. */
const MOST_WAITING = 1_000;

/** Readers in this process that wait until a projection has passed a position. */
export class ProjectionWaits {
  readonly #waiting = new Set<Wait>();
  #isLooking = false;

  /**
   * @param name of the projection
   * @param wake has it look for events now, where this process owns it
   */
  constructor(
    private readonly database: Pick<Database, 'query'>,
    private readonly name: string,
    private readonly wake: () => void,
  ) {}

  /**
   * Looks once, however long that takes, and then waits.
   * @param deadline by `performance.now()`
   * @returns whether it was passed before the deadline, or before the signal aborted; `false` at once where too many wait
   */
  async until(position: string, deadline: number, signal: AbortSignal): Promise<boolean> {
    const wanted = BigInt(position);
    if ((await this.#position()) >= wanted) return true;
    const waitMs = deadline - performance.now();
    if (waitMs <= 0 || signal.aborted || this.#waiting.size >= MOST_WAITING) return false;
    const hasReached = this.#wait(wanted, waitMs, signal);
    if (!this.#isLooking) void this.#look();
    return hasReached;
  }

  #wait(position: bigint, waitMs: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (hasReached: boolean): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        this.#waiting.delete(wait);
        resolve(hasReached);
      };
      const giveUp = (): void => end(false);
      const wait: Wait = { position, end };
      const timer = setTimeout(giveUp, waitMs);
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.add(wait);
    });
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    while (this.#waiting.size > 0) {
      this.wake();
      await sleep(LOOK_MS);
      const passed = await this.#position().catch(() => 0n); // their time runs out, if the database stays away
      for (const { position, end } of this.#waiting) if (position <= passed) end(true);
    }
    this.#isLooking = false;
  }

  async #position(): Promise<bigint> {
    const [row] = await this.database.query<{ position: string }>(FIND_POSITION, [this.name]);
    return BigInt(row?.position ?? 0);
  }
}
