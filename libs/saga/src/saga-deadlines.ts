import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { isTransientDatabaseError, type Database, type Transaction } from '@waybill/database';

import { AlarmClock } from './alarm-clock.js';
import type { SagaListener } from './ports.js';
import type { SagaEngine } from './saga-engine.js';
import type { SagaRef } from './saga-instance.js';
import type { SagaStore } from './saga-store.js';
import { InvalidSagaSettingError } from './saga.errors.js';

export interface SagaDeadlineSettings {
  /** Longest sleep between two looks at the table, for deadlines that a process set which then died. @default 15000 */
  readonly pollIntervalMs?: number;
  /** Most instances in one transaction. @default 100 */
  readonly batchSize?: number;
  /** How long an instance rests whose listener fails on it. @default 60000 */
  readonly faultyRestMs?: number;
}

export interface SagaDeadlineParts {
  readonly database: Pick<Database, 'transaction'>;
  readonly engine: Pick<SagaEngine, 'deadlinesPassed'>;
  readonly store: Pick<SagaStore, 'claimDue' | 'nextDeadline' | 'postpone'>;
  readonly listener: SagaListener;
  readonly clock: () => number;
}

const RETRY_AFTER_OUTAGE_MS = 1_000;

/**
 * Fires the deadlines of sagas, each once, on any number of replicas: a due row is claimed by its lock, and whoever comes
 * second finds it passed over or no longer due. Sleeps until the next deadline; a deadline set in this process wakes it.
 */
export class SagaDeadlines implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(SagaDeadlines.name);
  readonly #alarm: AlarmClock;
  readonly #pollIntervalMs: number;
  readonly #batchSize: number;
  readonly #faultyRestMs: number;
  #sweep: Promise<void> | undefined;
  #again = false;
  #running = false;

  /** @throws InvalidSagaSettingError */
  constructor(
    private readonly parts: SagaDeadlineParts,
    settings: SagaDeadlineSettings = {},
  ) {
    this.#pollIntervalMs = wholeNumber('pollIntervalMs', settings.pollIntervalMs ?? 15_000);
    this.#batchSize = wholeNumber('batchSize', settings.batchSize ?? 100);
    this.#faultyRestMs = wholeNumber('faultyRestMs', settings.faultyRestMs ?? 60_000);
    this.#alarm = new AlarmClock(() => this.#wake(), parts.clock);
  }

  onApplicationBootstrap(): void {
    this.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  start(): void {
    this.#running = true;
    this.#wake();
  }

  /** Lets the transaction in hand end. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#alarm.stop();
    await this.#sweep;
  }

  /** Milliseconds since 1970: look at the table by then. */
  wakeAt(deadlineAt: number): void {
    this.#alarm.setTo(deadlineAt);
  }

  #wake(): void {
    if (!this.#running) return;
    if (this.#sweep) {
      this.#again = true;
      return;
    }
    this.#sweep = this.#sweepAndSleep().finally(() => {
      this.#sweep = undefined;
      if (this.#again) {
        this.#again = false;
        this.#wake();
      }
    });
  }

  async #sweepAndSleep(): Promise<void> {
    const { store, clock } = this.parts;
    try {
      while (this.#running && (await this.#fireBatch()) === this.#batchSize);
      const next = await store.nextDeadline();
      // Due but claimed by another replica: a moment later it isn't, or that replica has died.
      const soon = next !== null && next <= clock() ? clock() + RETRY_AFTER_OUTAGE_MS : (next ?? Infinity);
      this.#alarm.setTo(Math.min(soon, clock() + this.#pollIntervalMs));
    } catch (error) {
      this.#logger.error({ message: 'Deadlines of sagas could not be looked at', err: error });
      this.#alarm.setTo(clock() + RETRY_AFTER_OUTAGE_MS);
    }
  }

  async #fireBatch(): Promise<number> {
    let claimed: readonly SagaRef[] = [];
    try {
      await this.parts.database.transaction(async (tx) => {
        claimed = await this.parts.store.claimDue(tx, this.parts.clock(), this.#batchSize);
        await this.#fire(tx, claimed);
      });
    } catch (error) {
      if (isTransientDatabaseError(error) || claimed.length === 0) throw error;
      for (const ref of claimed) await this.#fireAlone(ref);
    }
    return claimed.length;
  }

  /** One instance that its listener can't bear must not keep the others from their deadlines. */
  async #fireAlone(ref: SagaRef): Promise<void> {
    const { database, store, clock } = this.parts;
    try {
      await database.transaction((tx) => this.#fire(tx, [ref]));
    } catch (error) {
      if (isTransientDatabaseError(error)) throw error;
      this.#logger.error({ message: 'The deadline of a saga could not be dealt with', ...ref, err: error });
      await store.postpone(ref, clock() + this.#faultyRestMs, clock());
    }
  }

  async #fire(tx: Transaction, refs: readonly SagaRef[]): Promise<void> {
    if (refs.length === 0) return;
    const progress = await this.parts.engine.deadlinesPassed(tx, refs);
    const taken = progress.filter(({ verdict }) => verdict === 'taken');
    if (taken.length > 0) await this.parts.listener.sagasProgressed(tx, taken);
  }
}

function wholeNumber(setting: string, value: unknown): number {
  if (!Number.isSafeInteger(value) || Number(value) < 1) {
    throw new InvalidSagaSettingError(setting, value, 'a whole number from 1');
  }
  return Number(value);
}
