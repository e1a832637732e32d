import type { ConsumerListener } from './kafka-client.js';

/** In which a cluster gives the lanes of a broker that it has lost to others, and a group forgets a member: two sessions' lengths. */
const SESSIONS = 2;

/**
 * Tells of a broker that can't be reached for long, while others answer: nothing crashes, but its lanes stand still, and if only this
 * process can't reach it, no other broker ever leads them. Until it answers or leads none of them, nothing is called progress.
 */
export class UnreachableBrokers {
  readonly #failing = new Map<number, { readonly since: number; last: number }>();
  readonly #mostMs: number;

  constructor(
    sessionTimeoutMs: number,
    private readonly listener: Pick<ConsumerListener, 'onProgress' | 'onUnreachable'>,
  ) {
    this.#mostMs = SESSIONS * sessionTimeoutMs;
  }

  failed(node: number, error: Error): void {
    const now = performance.now();
    const failing = this.#failing.get(node) ?? { since: now, last: now };
    failing.last = now;
    this.#failing.set(node, failing);
    if (now - failing.since >= this.#mostMs) this.listener.onUnreachable(error);
  }

  /** Or it leads nothing that is fetched. */
  answered(node: number): void {
    this.#failing.delete(node);
  }

  /** Some broker has answered, and all of that was taken. */
  progressed(): void {
    const now = performance.now();
    for (const [node, { since, last }] of this.#failing) {
      if (now - last > this.#mostMs) this.#failing.delete(node); // it is asked no more: it has left the cluster
      else if (now - since >= this.#mostMs) return;
    }
    this.listener.onProgress();
  }
}
