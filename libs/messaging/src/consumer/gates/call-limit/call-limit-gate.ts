import { CallPostponed } from '../../../messaging.errors.js';
import type { HeldRunResult } from '../../../ports.js';
import { suspectsAndFollowers } from '../../compose-batch.js';
import type { ConsumerObserver } from '../../consumer-observer.js';
import { postpone } from '../../delivery.js';
import type { Delivery } from '../../delivery.js';
import type { Gate, HeldTask, Lanes } from '../../gate.js';
import type { Runnable } from '../../handler-waves.js';
import { callKeyOf } from '../../key-id.js';
import type { RegisteredHandler } from '../../registered-handler.js';
import type { RunningCall } from './call-limit.js';
import type { CallSlot } from './call-slot.js';

export interface CallLimitOptions {
  readonly handlers: readonly RegisteredHandler[];
  /** Calls of this process that may be in flight at once, of all handlers. */
  readonly maxConcurrent: number;
  readonly observer: ConsumerObserver;
  /** What the handler calls is back: what was postponed is to be called now. */
  readonly onReturn: (handler: string) => void;
}

/**
 * Gives out the right to make calls. What can't be called now leaves its lane as a parked key, uncounted, and comes again by the
 * failure store, which asks here too. Of all calls, an eighth is kept for undoings, and failed keys hold a quarter at most.
 */
export class CallLimitGate implements Gate {
  readonly #inFlight = { all: 0, failed: 0 };
  #lanes: Lanes | undefined;
  #onFree: () => void = () => {};

  constructor(private readonly options: CallLimitOptions) {}

  attach(lanes: Lanes): void {
    this.#lanes = lanes;
  }

  /** Told whenever a call has ended. */
  onFree(listener: () => void): void {
    this.#onFree = listener;
  }

  /** `undefined` = not now. */
  take({ handler, message }: Runnable): CallSlot | undefined {
    const { callLimit } = handler;
    const key = callKeyOf(message.record);
    const callClass = callLimit?.classOf(key, message.attempt) ?? 'fresh';
    if (!this.#hasRoom(handler, callClass === 'failed') || callLimit?.room(callClass) === 0) return undefined;
    const running = callLimit?.start(key, callClass);
    this.#inFlight.all += 1;
    if (callClass === 'failed') this.#inFlight.failed += 1;
    let isOver = false;
    const end = (outcome: 'succeeded' | 'failed' | 'ended'): void => {
      if (isOver) return;
      isOver = true;
      this.#inFlight.all -= 1;
      if (callClass === 'failed') this.#inFlight.failed -= 1;
      if (running) this.tell(handler, running, outcome);
      this.#onFree();
    };
    return { succeeded: () => end('succeeded'), failed: () => end('failed'), release: () => end('ended') };
  }

  /** Tells the handler's limit how a call went, and everybody else what that has changed. */
  tell(
    { definition: { name }, callLimit }: RegisteredHandler,
    call: RunningCall,
    outcome: 'succeeded' | 'failed' | 'ended',
  ) {
    if (!callLimit) return;
    const before = { isDown: callLimit.isDown, limit: callLimit.limit };
    callLimit[outcome](call);
    const { isDown, limit } = callLimit;
    if (isDown !== before.isDown || limit !== before.limit) {
      this.options.observer.onCallLimit?.({ handler: name, limit, isDown });
    }
    if (before.isDown && !isDown) this.options.onReturn(name);
  }

  /** While what a handler calls is down, only as many continue as may be called; the others leave their lane. */
  admit(drawn: readonly Delivery[]): readonly Delivery[] {
    if (this.options.handlers.every(({ callLimit }) => callLimit?.isDown !== true)) return drawn;
    const used = new Map<string, number>();
    const leaving = new Set<Delivery>();
    for (const delivery of drawn) {
      const { reading } = delivery.read;
      if (reading.kind !== 'message' || delivery.failure !== undefined) continue;
      const { callLimit, definition } = reading.handler;
      if (callLimit?.isDown !== true) continue;
      const callClass = callLimit.classOf(callKeyOf(delivery.record), delivery.attempts + 1);
      const id = `${callClass} ${definition.name}`;
      const count = (used.get(id) ?? 0) + 1;
      used.set(id, count);
      if (count <= callLimit.room(callClass)) continue;
      postpone(delivery, new CallPostponed(definition.name), callLimit.putOffMs(callClass));
      leaving.add(delivery);
    }
    if (leaving.size === 0) return drawn;
    const withFollowers = suspectsAndFollowers(drawn, leaving);
    this.#lanes?.putBack([...withFollowers]);
    return drawn.filter((delivery) => !withFollowers.has(delivery));
  }

  async aroundHeld<Tx>(
    task: HeldTask<Tx>,
    next: (task: HeldTask<Tx>) => Promise<HeldRunResult>,
  ): Promise<HeldRunResult> {
    const { reading } = task.read;
    if (reading.kind !== 'message') return next(task);
    const { handler } = reading;
    const message = { ...reading.message, attempt: task.run.attempt };
    const callClass = handler.callLimit?.classOf(callKeyOf(message.record), message.attempt) ?? 'fresh';
    const notNow = (): HeldRunResult => ({
      kind: 'interrupted',
      error: new CallPostponed(handler.definition.name),
      retryAfterMs: handler.callLimit?.putOffMs(callClass) ?? 1_000,
    });
    if (handler.definition.kind !== 'outside-call') {
      return handler.callLimit?.isDown === true && handler.callLimit.room(callClass) === 0 ? notNow() : next(task);
    }
    const slot = this.take({ handler, message, keyId: undefined });
    if (slot === undefined) return notNow();
    try {
      return await next({ ...task, slot });
    } finally {
      slot.release(); // where no call was made
    }
  }

  detail(): string | undefined {
    const down = this.options.handlers.filter(({ callLimit }) => callLimit?.isDown === true);
    if (down.length === 0) return undefined;
    const names = down.map(({ definition }) => definition.name).join(', ');
    return `degraded: messages wait for what these handlers call: ${names}`;
  }

  #hasRoom({ definition: { contract } }: RegisteredHandler, isFailed: boolean): boolean {
    const { maxConcurrent } = this.options;
    if ((contract.undoes ?? []).length > 0) return this.#inFlight.all < maxConcurrent;
    if (isFailed && this.#inFlight.failed >= Math.max(1, Math.floor(maxConcurrent / 4))) return false;
    return this.#inFlight.all < maxConcurrent - Math.floor(maxConcurrent / 8);
  }
}
