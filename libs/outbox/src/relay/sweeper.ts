import type { DedicatedConnection } from '@waybill/database';

import { forgetRelays, sweepPage } from '../sql/sweep.js';
import type { SweptPage } from '../sql/sweep.js';
import { Signal } from './signal.js';

const PAGE_ROWS = 1_000;
const LOWEST_ID = '00000000-0000-0000-0000-000000000000';

/** Deletes published rows after their time, in small batches, beside the traffic. */
export class Sweeper {
  readonly #signal = new Signal();
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(
    private readonly connection: DedicatedConnection,
    private readonly settings: { readonly retentionMs: number; readonly sweepIntervalMs: number },
    private readonly onFailure: (error: unknown) => void,
  ) {}

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#signal.raise();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#signal.wait(this.settings.sweepIntervalMs);
      if (this.#stopped) return;
      await this.#sweep().catch(this.onFailure);
    }
  }

  async #sweep(): Promise<void> {
    let last: string | null = LOWEST_ID;
    while (last !== null && !this.#stopped) {
      const values: readonly unknown[] = [last, this.settings.retentionMs, PAGE_ROWS];
      const [page]: readonly SweptPage[] = await this.connection.query<SweptPage>(sweepPage, values);
      last = page?.last ?? null;
    }
    await this.connection.query(forgetRelays);
  }
}
