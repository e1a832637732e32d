import { setMaxListeners } from 'node:events';

import { CallFailed } from './executor.js';
import type { Executor } from './executor.js';
import { Fifo } from './fifo.js';
import type { CallLimitGate } from './gates/call-limit/call-limit-gate.js';
import type { CallSlot } from './gates/call-limit/call-slot.js';
import { callKeyOf } from './key-id.js';
import type { Conclusion, PreparedCall } from './outside-calls.js';
import type { RegisteredHandler } from './registered-handler.js';

/** How long what waits here may, while no call of its handler starts. */
const STUCK_MS = 1_000;
const LOOK_MS = 250;

export interface CallListener {
  onCalled(conclusion: Conclusion): void;
  onCallFailed(prepared: PreparedCall, error: unknown): void;
  /** It can't be called now: its message is to leave the lane, uncounted, for so long. */
  onCallPostponed(prepared: PreparedCall, delayMs: number): void;
  /** The service drains before the call ended: nothing counted, it is made again after the restart. */
  onCallAbandoned(prepared: PreparedCall): void;
}

/**
 * Makes the outside calls of the lanes, concurrently, outside any transaction. A fresh key waits here as long as calls of its
 * handler start: what is slow is no outage. A failed key doesn't wait, nor does any while what it calls is down.
 */
export class CallRunner {
  readonly #waiting = new Map<RegisteredHandler, { readonly calls: Fifo<PreparedCall>; startedAtMs: number }>();
  readonly #draining = new AbortController();
  #inFlight = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly executor: Executor,
    private readonly gate: CallLimitGate,
    private readonly timeoutMs: number,
    private readonly listener: CallListener,
  ) {
    setMaxListeners(0, this.#draining.signal); // every call in flight listens
    gate.onFree(() => this.#next());
  }

  start(calls: readonly PreparedCall[]): void {
    for (const prepared of calls) {
      const { handler, message } = prepared;
      const isFailed = handler.callLimit?.classOf(callKeyOf(message.record), message.attempt) === 'failed';
      if (isFailed) {
        const slot = this.gate.take(prepared);
        if (slot) void this.#make(prepared, slot);
        else this.#postpone(prepared);
        continue;
      }
      const queue = this.#waiting.get(handler) ?? { calls: new Fifo<PreparedCall>(), startedAtMs: 0 };
      if (queue.calls.length === 0) queue.startedAtMs = performance.now();
      this.#waiting.set(handler, queue);
      queue.calls.push(prepared);
    }
    this.#next();
  }

  get isIdle(): boolean {
    return this.#inFlight === 0 && this.#isEmpty;
  }

  /** Tells every call to end now. */
  abort(): void {
    for (const { calls } of this.#waiting.values()) {
      for (let next = calls.shift(); next; next = calls.shift()) this.listener.onCallAbandoned(next);
    }
    this.#draining.abort(new Error('The service is draining'));
  }

  get #isEmpty(): boolean {
    return [...this.#waiting.values()].every(({ calls }) => calls.length === 0);
  }

  #next(): void {
    for (const [handler, queue] of this.#waiting) {
      const { calls } = queue;
      for (let next = calls.peek(); next; next = calls.peek()) {
        const slot = this.gate.take(next);
        if (slot === undefined) break;
        calls.shift();
        queue.startedAtMs = performance.now();
        void this.#make(next, slot);
      }
      if (handler.callLimit?.isDown === true || performance.now() - queue.startedAtMs >= STUCK_MS) {
        for (let next = calls.shift(); next; next = calls.shift()) this.#postpone(next);
      }
    }
    if (this.#timer === undefined && !this.#isEmpty) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#next();
      }, LOOK_MS);
    }
  }

  #postpone(prepared: PreparedCall): void {
    const { callLimit } = prepared.handler;
    const callClass = callLimit?.classOf(callKeyOf(prepared.message.record), prepared.message.attempt) ?? 'fresh';
    this.listener.onCallPostponed(prepared, callLimit?.putOffMs(callClass) ?? STUCK_MS);
  }

  async #make(prepared: PreparedCall, slot: CallSlot): Promise<void> {
    this.#inFlight += 1;
    try {
      const result = await this.executor.call(prepared, slot, this.timeoutMs, this.#draining.signal);
      this.#inFlight -= 1;
      // A property that is added behind a spread takes Node.js 20 microseconds.
      this.listener.onCalled(Object.assign({}, prepared, { result }));
    } catch (error) {
      this.#inFlight -= 1;
      if (this.#draining.signal.aborted) this.listener.onCallAbandoned(prepared);
      else this.listener.onCallFailed(prepared, error instanceof CallFailed ? error.cause : error);
    }
  }
}
