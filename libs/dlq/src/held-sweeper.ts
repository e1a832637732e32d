import { setTimeout as sleep } from 'node:timers/promises';

import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Database } from '@waybill/database';

import { reportError } from './error-report.js';
import { sweepHeld, sweepRuns } from './sql/sweep-held.js';
import { DEAD_LETTER_OPTIONS } from './tokens.js';
import type { DeadLetterOptions } from './tokens.js';

const DEFAULT_RETENTION_MS = 30 * 24 * 3_600_000;
const DEFAULT_INTERVAL_MS = 60_000;
const ROWS_PER_STATEMENT = 1_000;

/**
 * Forgets handled and discarded messages, with their audit, after the retention, in small statements. What is dead, or
 * waits, is never swept. Any number of replicas may do so.
 */
@Injectable()
export class HeldSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(HeldSweeper.name);
  readonly #stopped = new AbortController();
  #sweeping: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    @Inject(DEAD_LETTER_OPTIONS) private readonly options: DeadLetterOptions,
  ) {}

  onApplicationBootstrap(): void {
    this.#sweeping = this.#loop();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped.abort();
    await this.#sweeping;
  }

  /** Sweeps once, until nothing is left or the service stops. @returns how many messages. */
  async sweep(): Promise<number> {
    const { group, retentionMs = DEFAULT_RETENTION_MS } = this.options;
    let total = 0;
    for (
      let swept = ROWS_PER_STATEMENT;
      swept === ROWS_PER_STATEMENT && !this.#stopped.signal.aborted;
      total += swept
    ) {
      swept = (await this.database.query(sweepHeld, [group, retentionMs, ROWS_PER_STATEMENT])).length;
    }
    await this.database.query(sweepRuns, [group, retentionMs]);
    return total;
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopped;
    const intervalMs = this.options.sweepIntervalMs ?? DEFAULT_INTERVAL_MS;
    while (!signal.aborted) {
      await sleep(intervalMs, undefined, { signal, ref: false }).catch(() => {}); // aborted: the loop ends
      if (signal.aborted) return;
      await this.sweep().catch((error: unknown) => {
        const { fingerprint } = reportError(error);
        this.#logger.warn({ message: 'Held messages were not swept; tried again later', error: fingerprint });
      });
    }
  }
}
