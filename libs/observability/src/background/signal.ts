import { LONGEST_TIMER_MS } from '../config/option-faults.js';

/** Wakes one waiting loop. What is signalled while nobody waits is kept; many signals in one turn are one. */
export class Signal {
  #raised = false;
  #wake: (() => void) | undefined;

  raise(): void {
    this.#raised = true;
    const wake = this.#wake;
    if (!wake) return;
    this.#wake = undefined;
    setImmediate(wake); // whatever else happens in this turn of the event loop is covered by the same wake-up
  }

  /** Waits at most `mostMs`, however far away that is; `Infinity` = until raised. Doesn't keep the process alive. */
  async wait(mostMs: number): Promise<void> {
    const until = performance.now() + mostMs;
    for (let leftMs = mostMs; !this.#raised && leftMs > 0; leftMs = until - performance.now()) {
      await this.#waitOnce(Math.min(leftMs, LONGEST_TIMER_MS));
    }
    this.#raised = false;
  }

  async #waitOnce(mostMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.ceil(mostMs)).unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}
