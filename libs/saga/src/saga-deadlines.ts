import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { isTransientDatabaseError, type Database } from '@waybill/database';
import { assertNoFaults, BackgroundLoop, optionFaults } from '@waybill/observability';

import { AlarmClock } from './alarm-clock.js';
import type { ReplyProgress, ReplyReading, SagaListener } from './ports.js';
import type { SagaEngine } from './saga-engine.js';
import type { SagaRef } from './saga-instance.js';
import type { DueSaga, SagaStore } from './saga-store.js';

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
  readonly store: Pick<SagaStore, 'claimDue' | 'due' | 'nextDeadlineInMs' | 'postpone'>;
  readonly listener: SagaListener;
  readonly replies: ReplyProgress;
}

const RANGES = { pollIntervalMs: [1, 86_400_000], batchSize: [1, 10_000], faultyRestMs: [1, 86_400_000] } as const;
/** Due, but claimed by another replica: a moment later it isn't, or that replica has died. */
const CLAIMED_ELSEWHERE_MS = 1_000;
/** How soon to look again whether the replies have been read. */
const LOOK_AGAIN_MS = 250;
/** Most due instances of one look; those that are held don't keep others from being looked at. */
const MOST_LOOKED_AT = 10_000;

/**
 * Fires the deadlines of sagas, each once, on any number of replicas: a due row is claimed by its lock, and the one that comes
 * second finds it passed over or no longer due. Sleeps until the next deadline; a deadline set in this process wakes it.
 *
 * A deadline is due by the database's clock; no process's clock decides anything. It says that nobody has answered, so it
 * acts only once this group has read what lay on the saga's reply lanes when it was found due, and while no reply of it
 * waits for another attempt. Until then, and while the broker is away, nothing is undone. Where answers were lost at the broker
 * since the command was sent, it is sent again instead: participants answer a repeated command from what they know.
 */
export class SagaDeadlines implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(SagaDeadlines.name);
  readonly #alarm: AlarmClock;
  readonly #loop: BackgroundLoop;
  readonly #batchSize: number;
  readonly #faultyRestMs: number;
  /** What there was to read when each deadline was first found due. */
  #seen: ReadonlyMap<string, ReplyReading> = new Map();

  /** @throws ConfigError listing every setting that can't be used. */
  constructor(
    private readonly parts: SagaDeadlineParts,
    settings: SagaDeadlineSettings = {},
  ) {
    assertNoFaults(optionFaults('SagaModule.deadlines.', settings, RANGES));
    const { pollIntervalMs: intervalMs = 15_000, batchSize = 100, faultyRestMs = 60_000 } = settings;
    this.#batchSize = batchSize;
    this.#faultyRestMs = faultyRestMs;
    const work = 'fire the deadlines of sagas';
    this.#loop = new BackgroundLoop({ work, intervalMs, step: async () => Math.min(await this.#look(), intervalMs) });
    this.#alarm = new AlarmClock(
      () => this.#loop.wake(),
      () => performance.now(),
    );
  }

  onApplicationBootstrap(): void {
    this.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  start(): void {
    this.#loop.start();
  }

  /** Lets the transaction in hand end. */
  async stop(): Promise<void> {
    this.#alarm.stop();
    await this.#loop.stop();
  }

  /** A deadline was set: look at the table no later than in this many milliseconds. */
  wakeIn(ms: number): void {
    this.#alarm.setTo(performance.now() + ms);
  }

  /** @returns milliseconds until the next look. */
  async #look(): Promise<number> {
    const { store } = this.parts;
    const due = await store.due(MOST_LOOKED_AT);
    const held = due.length > 0 && !(await this.#fireRead(due));
    const nextMs = (await store.nextDeadlineInMs()) ?? Infinity;
    if (nextMs > 0) return nextMs;
    return held ? LOOK_AGAIN_MS : CLAIMED_ELSEWHERE_MS;
  }

  /** Fires what is due and answered by nobody. @returns whether that was all. */
  async #fireRead(due: readonly DueSaga[]): Promise<boolean> {
    const reading = await this.parts.replies.read(); // after the table: an answer that came in time lies before its end
    const seen = new Map(due.map((saga) => [saga.deadline, this.#seen.get(saga.deadline) ?? reading] as const));
    this.#seen = seen;
    const unanswered = due.filter(({ id, deadline }) => reading.hasRead(seen.get(deadline) ?? reading, id));
    let fired = 0;
    for (let at = 0; at < unanswered.length && !this.#loop.isStopping; at += this.#batchSize) {
      fired += await this.#fireBatch(unanswered.slice(at, at + this.#batchSize), reading);
    }
    return fired === due.length;
  }

  /** @returns how many of them need no further look. */
  async #fireBatch(refs: readonly DueSaga[], reading: ReplyReading): Promise<number> {
    try {
      return await this.#fire(refs, reading);
    } catch (error) {
      if (isTransientDatabaseError(error)) throw error;
      if (refs.length === 1) return this.#putOff(refs, error);
    }
    // One instance that its listener fails on must not keep the others from their deadlines.
    let fired = 0;
    for (const ref of refs) fired += await this.#fireBatch([ref], reading);
    return fired;
  }

  async #putOff(refs: readonly SagaRef[], error: unknown): Promise<number> {
    for (const ref of refs) {
      this.#logger.error({ message: 'A saga failed at its deadline; it is looked at again later', ...ref, err: error });
      await this.parts.store.postpone(ref, this.#faultyRestMs);
    }
    return refs.length;
  }

  #fire(refs: readonly DueSaga[], { lostAtMs }: ReplyReading): Promise<number> {
    const { database, engine, store, listener, replies } = this.parts;
    return database.transaction(async (tx) => {
      const claimed = await store.claimDue(tx, refs);
      if (claimed.length === 0) return refs.length;
      const ids = claimed.map(({ id }) => id);
      const waiting = await replies.waiting(tx, ids);
      const progress = await engine.deadlinesPassed(
        tx,
        claimed.filter(({ id }) => !waiting.has(id)),
        lostAtMs,
      );
      const taken = progress.filter(({ verdict }) => verdict === 'taken');
      if (taken.length > 0) await listener.sagasProgressed(tx, taken);
      return refs.length - (claimed.length - progress.length);
    });
  }
}
