import { setTimeout as sleep } from 'node:timers/promises';

import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';

import { PostgresInbox } from './postgres-inbox.js';

export interface InboxOptions {
  /**
   * How long a message is remembered, in milliseconds: at least as long as anything can redeliver it.
   * @default 1296000000 (15 days: Kafka's defaults for retention and segments, 7 days each, and an outage of one)
   */
  readonly windowMs?: number;
  /** Time between two sweeps, in milliseconds. @default 60000 */
  readonly sweepIntervalMs?: number;
}

export const INBOX_OPTIONS = Symbol('waybill:inbox-options');

const ROWS_PER_STATEMENT = 1_000;
/** Longest delay of a timer; a longer one would fire at once. */
const MAX_TIMER_MS = 2_147_483_647;

/** Forgets what lies outside the window, in small statements, one after the other. Any number of replicas may do so. */
@Injectable()
export class InboxSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(InboxSweeper.name);
  readonly #stopped = new AbortController();
  #sweeping: Promise<void> | undefined;

  constructor(
    @Inject(PostgresInbox) private readonly inbox: PostgresInbox,
    @Inject(INBOX_OPTIONS) private readonly options: InboxOptions,
  ) {}

  onApplicationBootstrap(): void {
    this.#sweeping = this.#sweep();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped.abort();
    await this.#sweeping;
  }

  async #sweep(): Promise<void> {
    const windowMs = this.options.windowMs ?? 15 * 24 * 3_600_000;
    const intervalMs = Math.min(this.options.sweepIntervalMs ?? 60_000, MAX_TIMER_MS);
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await sleep(intervalMs, undefined, { signal, ref: false }).catch(() => {}); // aborted: the loop ends
      try {
        while (!signal.aborted && (await this.inbox.sweep(windowMs, ROWS_PER_STATEMENT)) === ROWS_PER_STATEMENT);
      } catch (error) {
        this.#logger.warn({ message: 'The inbox was not swept; tried again later', error: String(error) });
      }
    }
  }
}
