/** Wakes one waiting loop. What is signalled while nobody waits is kept; many signals in one turn are one. */
export class Signal {
  #raised = false;
  #wake: (() => void) | undefined;

  raise(): void {
    this.#raised = true;
    const wake = this.#wake;
    if (!wake) return;
    this.#wake = undefined;
    setImmediate(wake); // what else this turn of the event loop brings, goes along
  }

  /** @param mostMs at the longest; `Infinity` = until raised. */
  async wait(mostMs: number): Promise<void> {
    if (!this.#raised && mostMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = Number.isFinite(mostMs) ? setTimeout(resolve, mostMs) : undefined;
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = undefined;
    }
    this.#raised = false;
  }
}
