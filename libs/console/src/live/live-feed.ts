import { setTimeout as delay } from 'node:timers/promises';

import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { ProblemError } from '@waybill/http';

import { CONSOLE_OPTIONS } from '../console-options.js';
import type { ConsoleOptions } from '../console-options.js';
import { Gateway } from '../gateway/gateway.js';

/** What a service said of itself, or why it didn't. */
export interface Snapshot {
  readonly service: string;
  readonly at: string;
  /** Answers by path, as JSON; `null` where that failed. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** Why a path has no answer: status and code. */
  readonly faults: Readonly<Record<string, string>>;
}

export type Listener = (snapshot: Snapshot) => void;

const OVERVIEW = '/admin/overview';
/** What else is asked of a service, where it has it. */
const MORE: Readonly<Record<string, readonly string[]>> = { order: ['/orders?limit=100', '/admin/sagas?limit=100'] };

/**
 * Asks each service once an interval, whatever number of pages is open, and nobody while none is. A service that answers slowly is
 * asked again when it has answered, and holds up no other.
 */
@Injectable()
export class LiveFeed implements OnModuleDestroy {
  readonly #listeners = new Set<Listener>();
  readonly #last = new Map<string, Snapshot>();
  #running: AbortController | undefined;

  constructor(
    private readonly gateway: Gateway,
    @Inject(CONSOLE_OPTIONS) private readonly options: ConsoleOptions,
  ) {}

  /** The latest of each service at once, where another page is open already. @returns ends it; repeatable */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    for (const snapshot of this.#last.values()) listener(snapshot);
    this.#running ??= this.#start();
    return () => {
      if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
      this.#running?.abort();
      this.#running = undefined;
      this.#last.clear(); // it would be old when the next page opens
    };
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  onModuleDestroy(): void {
    this.#running?.abort();
  }

  #start(): AbortController {
    const running = new AbortController();
    for (const { name } of this.gateway.services) void this.#watch(name, running.signal);
    return running;
  }

  async #watch(service: string, signal: AbortSignal): Promise<void> {
    const { intervalMs = 1_000 } = this.options;
    while (!signal.aborted) {
      const began = performance.now();
      const snapshot = await this.#take(service, signal);
      if (signal.aborted) return;
      this.#last.set(service, snapshot);
      for (const listener of this.#listeners) listener(snapshot);
      const left = Math.max(0, intervalMs - (performance.now() - began));
      await delay(left, undefined, { signal }).catch(() => {}); // aborted: the loop ends
    }
  }

  async #take(service: string, signal: AbortSignal): Promise<Snapshot> {
    const answers: Record<string, unknown> = {};
    const faults: Record<string, string> = {};
    const ask = async (path: string): Promise<void> => {
      try {
        const { status, body } = await this.gateway.ask(service, { method: 'GET', path, signal });
        if (status === 200) answers[path] = JSON.parse(body) as unknown;
        else faults[path] = `HTTP ${status}`;
      } catch (error) {
        faults[path] = error instanceof ProblemError ? error.problem.code : 'NO_JSON';
      }
    };
    await Promise.all([OVERVIEW, ...(MORE[service] ?? [])].map(ask));
    return { service, at: new Date().toISOString(), answers, faults };
  }
}
