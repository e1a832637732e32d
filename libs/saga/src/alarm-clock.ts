import { LONGEST_TIMER_MS } from '@waybill/observability';

/**
 * Rings once at the earliest of the times it was set to, however far away that is. Doesn't keep the process alive.
 */
export class AlarmClock {
  #timer: NodeJS.Timeout | undefined;
  #at = Infinity;
  #stopped = false;

  constructor(
    private readonly ring: () => void,
    private readonly clock: () => number,
  ) {}

  /** Milliseconds since 1970; a later time than the one it is set to changes nothing. */
  setTo(at: number): void {
    if (this.#stopped || at >= this.#at) return;
    this.#at = at;
    this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const delayMs = Math.min(Math.max(Math.ceil(this.#at - this.clock()), 0), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => this.#wake(), delayMs);
    this.#timer.unref();
  }

  #wake(): void {
    if (this.#stopped) return;
    if (this.clock() < this.#at) return this.#arm();
    this.#at = Infinity;
    this.ring();
  }
}
