import type { Delivery } from './delivery.js';
import type { Conclusion } from './outside-calls.js';

/** Calls that have ended and wait for a transaction. One that is to be alone gets one of its own. */
export class Concluded {
  #waiting: Conclusion[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  push(conclusion: Conclusion): void {
    this.#waiting.push(conclusion);
  }

  unshift(conclusions: readonly Conclusion[]): void {
    this.#waiting = [...conclusions, ...this.#waiting];
  }

  /** What goes together with the deliveries taken. */
  take(taken: readonly Delivery[], max: number): readonly Conclusion[] {
    if (taken[0]?.alone === true) return [];
    const alone = this.#waiting.findIndex(({ delivery }) => delivery.alone);
    if (alone === 0 && taken.length > 0) return [];
    return this.#waiting.splice(0, alone === 0 ? 1 : alone === -1 ? max : alone);
  }
}
