import { ErrorCode, type Refusal } from './protocol/error-codes.js';

/** Ends a fault. Repeatable. */
export type EndFault = () => void;

/** What a produce fault does with a batch for its topic. */
export type ProduceFault =
  | { readonly kind: 'refuse'; readonly errorCode: Refusal; readonly partition?: number | undefined }
  /** The request waits for so long before it is carried out, and later ones of the same connection behind it. */
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** Written twice, as a retry that the broker doesn't recognise. */
  | { readonly kind: 'write twice' }
  /** Written, but the connection drops before the answer: the producer can't know. */
  | { readonly kind: 'lose answer' };

export interface FaultOptions {
  /** Ends after so many produce requests. */
  readonly times?: number;
  /** Told each time that it strikes. */
  readonly onStrike?: () => void;
}

interface ActiveFault {
  readonly topic: string;
  readonly fault: ProduceFault;
  readonly onStrike: (() => void) | undefined;
  timesLeft: number;
}

const ALWAYS = Number.POSITIVE_INFINITY;

/** Failures on demand, for tests and the lab: each lasts until it is ended, or for this many produce requests. */
export class Faults {
  readonly #produceFaults = new Set<ActiveFault>();
  readonly #dropListeners = new Set<() => void>();
  #silence: { readonly promise: Promise<void>; readonly end: () => void } | undefined;

  /**
   * Refuses batches for a topic.
   * @param options.errorCode default: NOT_ENOUGH_REPLICAS, which producers retry.
   * @param options.partition default: all; the others of the request are written.
   */
  refuseProduces(
    topic: string,
    options: FaultOptions & { readonly errorCode?: Refusal; readonly partition?: number } = {},
  ): EndFault {
    const { errorCode = ErrorCode.NOT_ENOUGH_REPLICAS, partition } = options;
    return this.#begin(topic, { kind: 'refuse', errorCode, partition }, options);
  }

  delayProduces(topic: string, delayMs: number, options: FaultOptions = {}): EndFault {
    return this.#begin(topic, { kind: 'delay', delayMs }, options);
  }

  /** @param options.times default: 1 */
  writeTwice(topic: string, options: FaultOptions = {}): EndFault {
    return this.#begin(topic, { kind: 'write twice' }, { times: 1, ...options });
  }

  /** @param options.times default: 1 */
  loseAnswers(topic: string, options: FaultOptions = {}): EndFault {
    return this.#begin(topic, { kind: 'lose answer' }, { times: 1, ...options });
  }

  /** Cuts every connection that is open now. New ones are accepted. */
  dropConnections(): void {
    for (const drop of this.#dropListeners) drop();
  }

  /** Connections stay open and requests are read, but none is carried out or answered until the fault ends. */
  stopAnswering(): EndFault {
    if (this.#silence === undefined) {
      let end = (): void => {};
      const promise = new Promise<void>((resolve) => {
        end = resolve;
      });
      this.#silence = { promise, end };
    }
    return () => this.#answerAgain();
  }

  /** Ends all faults. */
  clear(): void {
    this.#produceFaults.clear();
    this.#answerAgain();
  }

  /** For the broker: undefined unless requests must wait. */
  get silence(): Promise<void> | undefined {
    return this.#silence?.promise;
  }

  /** For the broker: the faults that strike this produce request, counted as used. */
  takeProduceFaults(topic: string): readonly ProduceFault[] {
    if (this.#produceFaults.size === 0) return [];
    const striking = [...this.#produceFaults].filter((active) => active.topic === topic);
    for (const active of striking) {
      if (--active.timesLeft <= 0) this.#produceFaults.delete(active);
      active.onStrike?.();
    }
    return striking.map(({ fault }) => fault);
  }

  /** For the broker. */
  onDropConnections(drop: () => void): () => void {
    this.#dropListeners.add(drop);
    return () => this.#dropListeners.delete(drop);
  }

  #begin(topic: string, fault: ProduceFault, { times = ALWAYS, onStrike }: FaultOptions): EndFault {
    const active = { topic, fault, onStrike, timesLeft: times };
    this.#produceFaults.add(active);
    return () => this.#produceFaults.delete(active);
  }

  #answerAgain(): void {
    this.#silence?.end();
    this.#silence = undefined;
  }
}
