import { PayloadUnreadable } from '../messaging.errors.js';
import type { PayloadStore } from '../payload-store.js';
import type { Delivery } from './delivery.js';
import type { HandlerRegistry } from './handler-registry.js';
import { readByReference } from './read-by-reference.js';

/** Payloads that are on their way or not yet handled, together, unless one alone is larger. */
const MOST_BYTES = 64 * 1_024 * 1_024;
const MOST_AT_ONCE = 16;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 15_000;
/** Failures of one payload, between which others were fetched, after which it isn't the store that is to blame. */
const MOST_FAILURES_ALONE = 5;

export interface PayloadFetcherParts {
  readonly store: PayloadStore | undefined;
  readonly registry: HandlerRegistry;
  /** The delivery can be handled, or turned out to be unreadable. */
  readonly onFetched: (delivery: Delivery) => void;
  /** The store can't be reached; it is tried again. */
  readonly onUnavailable: (error: unknown) => void;
}

/**
 * Fetches payloads that travel by reference, beside the batches: outside any transaction, many at once, within a bound of
 * memory. Their keys are held meanwhile; every other key flows on, also while the store is down. A payload that fails
 * again and again while the store gives others out makes its message unreadable; it can be replayed once it is mended.
 */
export class PayloadFetcher {
  readonly #waiting: Delivery[] = [];
  readonly #fetching = new Set<Delivery>();
  readonly #fetched = new Set<Delivery>();
  readonly #failing = new WeakMap<Delivery, { readonly times: number; readonly fetchedBefore: number }>();
  #fetchedCount = 0;
  #failures = 0;
  #pause: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(private readonly parts: PayloadFetcherParts) {}

  /** Takes out what travels by reference, and starts as many fetches as there is room for. It comes back by `onFetched`. */
  withhold(taken: readonly Delivery[]): readonly Delivery[] {
    const elsewhere = taken.some(isByReference) ? taken.filter(isByReference) : [];
    this.#waiting.push(...elsewhere);
    this.#advance(); // also without any: the batch before has made room
    return elsewhere.length === 0 ? taken : taken.filter((delivery) => !isByReference(delivery));
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
        delivery.read = await readByReference(this.parts.store, this.parts.registry, delivery.record);
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
    this.parts.onFetched(delivery);
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
    this.parts.onUnavailable(error);
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(this.#failures, 20), LONGEST_PAUSE_MS);
    this.#failures += 1;
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#advance();
    }, pauseMs);
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
