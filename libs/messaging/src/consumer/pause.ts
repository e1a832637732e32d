/** A wait that can be cut short, for all that wait and all that will. */
export class Pause {
  readonly #cancelled = new AbortController();

  async wait(delayMs: number): Promise<void> {
    const { signal } = this.#cancelled;
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, delayMs);
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done);
    });
  }

  cancel(): void {
    this.#cancelled.abort();
  }
}
