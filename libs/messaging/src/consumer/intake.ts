import type { PayloadStore } from '../payload-store.js';
import { Circuits } from './circuits.js';
import { holdsKey } from './compose-batch.js';
import type { ConsumerObserver } from './consumer-observer.js';
import type { CrashWatch } from './crash-watch.js';
import type { DeliveryQueue } from './delivery-queue.js';
import type { Delivery } from './delivery.js';
import type { HandlerRegistry } from './handler-registry.js';
import { PayloadFetcher } from './payload-fetcher.js';

const NONE: ReadonlySet<Delivery> = new Set();

export interface IntakeOptions {
  readonly registry: HandlerRegistry;
  readonly observer: ConsumerObserver;
  readonly maxBatch: number;
  readonly payloads?: PayloadStore | undefined;
  readonly crashes?: CrashWatch | undefined;
}

/**
 * Messages by reference that follow another one of their key in the same draw. They aren't fetched yet: should the first
 * one fail and go back to the queue, it must find the later ones there, in order.
 */
function referencesBehindTheirKey(drawn: readonly Delivery[]): readonly Delivery[] {
  const keys = new Set<string>();
  return drawn.filter(({ keyId, read }) => {
    if (keyId === undefined) return false;
    const follows = keys.has(keyId) && read.reading.kind === 'by-reference';
    keys.add(keyId);
    return follows;
  });
}

/** Takes from the queue what can be handled now. */
export class Intake {
  readonly circuits: Circuits;
  readonly #payloads: PayloadFetcher;

  /** @param wake is called when there may be more to take. */
  constructor(
    private readonly options: IntakeOptions,
    private readonly queue: DeliveryQueue,
    wake: () => void,
  ) {
    const { registry, observer, payloads: store } = options;
    this.circuits = new Circuits(registry.handlers);
    this.circuits.onChange((handler, state) => {
      observer.onCircuit?.({ handler, state });
      wake();
    });
    this.#payloads = new PayloadFetcher({
      store,
      registry,
      onFetched: (delivery) => {
        queue.putBack([delivery]);
        wake();
      },
      onUnavailable: (error) => observer.onInterrupted?.(error),
    });
  }

  /**
   * What waits for its handler's circuit stays where it is, a suspect comes back by itself, what travels by reference once
   * it has been fetched. `nothingIsCalled`: no outside call is in flight or to be concluded.
   */
  take(nothingIsCalled: boolean): readonly Delivery[] {
    const { crashes, maxBatch } = this.options;
    crashes?.beforeTaking();
    while (crashes?.solo.lanesMayTake(nothingIsCalled) !== false) {
      const drawn = this.queue.take(maxBatch, holdsKey, this.circuits.waits);
      const leaving = crashes?.sift(drawn) ?? NONE;
      if (leaving.size > 0) this.queue.putBack([...leaving]);
      const staying = leaving.size === 0 ? drawn : drawn.filter((delivery) => !leaving.has(delivery));
      const early = referencesBehindTheirKey(staying);
      if (early.length > 0) this.queue.putBack(early);
      const here = this.#payloads.withhold(staying.filter((delivery) => !early.includes(delivery)));
      if (here.length > 0 || drawn.length === 0) return here;
    }
    return [];
  }

  /** Fetches nothing any more. */
  stop(): void {
    this.#payloads.stop();
  }
}
