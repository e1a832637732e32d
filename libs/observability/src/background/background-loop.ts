import { backoffMs } from './backoff.js';
import type { Backoff } from './backoff.js';
import { failureLog } from './failure-log.js';
import { Signal } from './signal.js';

export interface BackgroundLoopParts {
  /** Names the work for an operator: 'renew the leases of the outbox'. */
  readonly work: string;
  /**
   * One step. May say in how many milliseconds the next one is due, if that isn't the interval. The signal is aborted when
   * the loop stops: a long step should look at it, and end.
   */
  readonly step: (stopping: AbortSignal) => Promise<number | void>;
  /** Milliseconds between two steps; `Infinity` = only when woken. */
  readonly intervalMs: number;
  /** Milliseconds before the first step. @default 0 */
  readonly firstAfterMs?: number;
  /** Pauses after failures. @default 250 ms, doubling up to 5 s: what came back is noticed within 5 s */
  readonly backoff?: Backoff;
}

const DEFAULT_BACKOFF: Backoff = { baseMs: 250, maxMs: 5_000 };

/**
 * Does something again and again until it is stopped: never twice at a time, at once when woken, later and later while it
 * fails. What it says about failures is {@link FailureLog}'s. Doesn't keep the process alive.
 */
export class BackgroundLoop {
  readonly #signal = new Signal();
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(private readonly parts: BackgroundLoopParts) {}

  /** Repeatable; without effect once it was stopped. */
  start(): void {
    this.#running ??= this.#run(this.#stopping.signal);
  }

  get isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** A step now; while one is under way, another one after it. Doesn't cut the pause after a failure short. */
  wake(): void {
    this.#signal.raise();
  }

  /** Lets the step in hand end, and begins no other. Repeatable. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#signal.raise();
    await this.#running;
  }

  async #run(stopping: AbortSignal): Promise<void> {
    const { firstAfterMs = 0 } = this.parts;
    let failures = 0;
    if (firstAfterMs > 0) await this.#signal.wait(firstAfterMs);
    while (!stopping.aborted) {
      const pauseMs = await this.#step(stopping);
      failures = pauseMs === 'failed' ? failures + 1 : 0;
      if (pauseMs === 'failed') await this.#rest(backoffMs(failures, this.parts.backoff ?? DEFAULT_BACKOFF), stopping);
      else await this.#signal.wait(pauseMs);
    }
  }

  async #step(stopping: AbortSignal): Promise<number | 'failed'> {
    const { work, step, intervalMs } = this.parts;
    try {
      const nextMs = (await step(stopping)) ?? intervalMs;
      failureLog.succeeded(work);
      return nextMs;
    } catch (error) {
      if (!stopping.aborted) failureLog.failed(work, error);
      return 'failed';
    }
  }

  async #rest(ms: number, stopping: AbortSignal): Promise<void> {
    const until = performance.now() + ms;
    for (let leftMs = ms; leftMs > 0 && !stopping.aborted; leftMs = until - performance.now()) {
      await this.#signal.wait(leftMs);
    }
  }
}
