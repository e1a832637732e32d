import { setMaxListeners } from 'node:events';

import type { Conclusion, PreparedCall } from './outside-calls.js';
import { makeCall } from './outside-calls.js';

export interface CallLimits {
  /** Deadline of one call in milliseconds. */
  readonly timeoutMs: number;
  /** Calls of this process that may be in flight at once; the others wait, their deadlines with them. */
  readonly maxConcurrent: number;
}

export interface CallListener {
  onCalled(conclusion: Conclusion): void;
  onCallFailed(prepared: PreparedCall, error: unknown): void;
  /** The service drains before the call ended: nothing counted, it is made again after the restart. */
  onCallAbandoned(prepared: PreparedCall): void;
}

/** Makes the outside calls, concurrently, outside any transaction. */
export class CallRunner {
  readonly #waiting: PreparedCall[] = [];
  readonly #draining = new AbortController();
  #inFlight = 0;

  constructor(
    private readonly limits: CallLimits,
    private readonly listener: CallListener,
  ) {
    setMaxListeners(0, this.#draining.signal); // every call in flight listens
  }

  start(calls: readonly PreparedCall[]): void {
    this.#waiting.push(...calls);
    this.#next();
  }

  get isIdle(): boolean {
    return this.#inFlight === 0 && this.#waiting.length === 0;
  }

  /** Tells every call to end now. */
  abort(): void {
    for (const prepared of this.#waiting.splice(0)) this.listener.onCallAbandoned(prepared);
    this.#draining.abort(new Error('The service is draining'));
  }

  #next(): void {
    while (this.#inFlight < this.limits.maxConcurrent) {
      const prepared = this.#waiting.shift();
      if (prepared === undefined) return;
      this.#inFlight += 1;
      void this.#make(prepared);
    }
  }

  async #make(prepared: PreparedCall): Promise<void> {
    try {
      const result = await makeCall(prepared, this.limits.timeoutMs, this.#draining.signal);
      this.#inFlight -= 1;
      this.listener.onCalled({ ...prepared, result });
    } catch (error) {
      this.#inFlight -= 1;
      if (this.#draining.signal.aborted) this.listener.onCallAbandoned(prepared);
      else this.listener.onCallFailed(prepared, error);
    }
    this.#next();
  }
}
