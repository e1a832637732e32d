import { backoffMs } from '@waybill/observability';

import { PayloadUnreadable } from '../../../messaging.errors.js';
import type { PayloadStore } from '../../../payload-store.js';
import type { HeldRunResult } from '../../../ports.js';
import type { Delivery } from '../../delivery.js';
import type { Gate, HeldTask, Lanes } from '../../gate.js';
import type { HandlerRegistry } from '../../handler-registry.js';
import { readByReference } from './read-by-reference.js';

/** Payloads that are on their way or not yet handled, together, unless one alone is larger. */
const MOST_BYTES = 64 * 1_024 * 1_024;
const MOST_AT_ONCE = 16;
const BACKOFF = { baseMs: 100, maxMs: 15_000 };
/** Failures of one payload, between which others were fetched, after which it isn't the store that is to blame. */
const MOST_FAILURES_ALONE = 5;

export interface PayloadGateOptions {
  readonly store: PayloadStore | undefined;
  readonly registry: HandlerRegistry;
  /** The store can't be reached; it is tried again. */
  readonly onUnavailable: (error: unknown) => void;
}

/**
 * Fetches payloads that travel by reference, beside the batches: outside any transaction, many at once, within a bound of
 * memory. Their keys are held meanwhile; every other key flows on, also while the store is down. A payload that fails
 * again and again while the store gives others out makes its message unreadable; it can be replayed once it is repaired.
 */
export class PayloadGate implements Gate {
  #lanes: Lanes | undefined;
  readonly #waiting: Delivery[] = [];
  readonly #fetching = new Set<Delivery>();
  readonly #fetched = new Set<Delivery>();
  readonly #failing = new WeakMap<Delivery, { readonly times: number; readonly fetchedBefore: number }>();
  #fetchedCount = 0;
  #failures = 0;
  #pause: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(private readonly options: PayloadGateOptions) {}

  attach(lanes: Lanes): void {
    this.#lanes = lanes;
  }

  /** Takes out what travels by reference, and starts as many fetches as there is room for. It comes back by itself. */
  admit(drawn: readonly Delivery[]): readonly Delivery[] {
    const early = referencesBehindTheirKey(drawn);
    if (early.length > 0) this.#lanes?.putBack(early);
    const elsewhere = drawn.some(isByReference) ? drawn.filter(isByReference) : [];
    this.#waiting.push(...elsewhere.filter((delivery) => !early.includes(delivery)));
    this.#advance(); // also without any: the batch before has made room
    return elsewhere.length === 0 ? drawn : drawn.filter((delivery) => !isByReference(delivery));
  }

  async aroundHeld<Tx>(
    task: HeldTask<Tx>,
    next: (task: HeldTask<Tx>) => Promise<HeldRunResult>,
  ): Promise<HeldRunResult> {
    if (task.read.reading.kind !== 'by-reference') return next(task);
    const { store, registry } = this.options;
    let read;
    try {
      read = await readByReference(store, registry, task.held.record, task.held.identity.subscriber);
    } catch (error) {
      return { kind: 'interrupted', error }; // the store can't be asked: no attempt is counted
    }
    return next({ ...task, read });
  }

  #advance(): void {
    while (this.#waiting.length > 0 && this.#pause === undefined && !this.#stopped) {
      const next = this.#waiting[0];
      if (next === undefined || !this.#hasRoom(next)) return;
      this.#waiting.shift();
      this.#fetching.add(next);
      void this.#fetch(next);
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#pause);
  }

  async #fetch(delivery: Delivery): Promise<void> {
    try {
      if (!delivery.window.closed) {
        const { store, registry } = this.options;
        const { subscriber } = delivery.read.identity;
        delivery.read = await readByReference(store, registry, delivery.record, subscriber);
        this.#fetchedCount += 1;
      }
      this.#failures = 0;
      this.#handOver(delivery);
    } catch (error) {
      const { reading } = delivery.read;
      if (reading.kind === 'by-reference' && this.#isAloneToBlame(delivery)) {
        const unreadable = new PayloadUnreadable(reading.reference.id, { cause: error });
        delivery.read = {
          ...delivery.read,
          reading: { kind: 'unreadable', error: unreadable, handler: reading.handler },
        };
        this.#handOver(delivery);
      } else {
        this.#fetching.delete(delivery);
        this.#waiting.push(delivery); // behind the others, which show whether it is the store
        this.#wait(error);
      }
    }
    this.#advance();
  }

  #handOver(delivery: Delivery): void {
    this.#fetching.delete(delivery);
    this.#fetched.add(delivery);
    this.#lanes?.putBack([delivery]);
    this.#lanes?.wake();
  }

  #isAloneToBlame(delivery: Delivery): boolean {
    const before = this.#failing.get(delivery);
    const isNews = before === undefined || before.fetchedBefore < this.#fetchedCount;
    const times = (before?.times ?? 0) + (isNews ? 1 : 0);
    this.#failing.set(delivery, { times, fetchedBefore: this.#fetchedCount });
    return times > MOST_FAILURES_ALONE;
  }

  /** One pause for all: who is unreachable for one is so for the others. */
  #wait(error: unknown): void {
    if (this.#pause !== undefined || this.#stopped) return;
    this.options.onUnavailable(error);
    this.#failures += 1;
    this.#pause = setTimeout(
      () => {
        this.#pause = undefined;
        this.#advance();
      },
      backoffMs(this.#failures, BACKOFF),
    );
  }

  #hasRoom(next: Delivery): boolean {
    if (this.#fetching.size >= MOST_AT_ONCE) return false;
    for (const delivery of this.#fetched) {
      if (delivery.settled || delivery.window.closed) this.#fetched.delete(delivery);
    }
    const bytes = [...this.#fetching, ...this.#fetched].reduce((sum, delivery) => sum + delivery.payloadBytes, 0);
    return bytes === 0 || bytes + next.payloadBytes <= MOST_BYTES;
  }
}

function isByReference({ read }: Delivery): boolean {
  return read.reading.kind === 'by-reference';
}

/**
 * Messages by reference that follow another one of their key in the same draw. They aren't fetched yet: should the first
 * one fail and go back to the queue, it must find the later ones there, in order.
 */
function referencesBehindTheirKey(drawn: readonly Delivery[]): readonly Delivery[] {
  const keys = new Set<string>();
  return drawn.filter((delivery) => {
    const { keyId } = delivery;
    if (keyId === undefined) return false;
    const follows = keys.has(keyId) && isByReference(delivery);
    keys.add(keyId);
    return follows;
  });
}
