import type { CircuitBreakerOptions } from '../handler.js';

export const DEFAULT_CIRCUIT_BREAKER: CircuitBreakerOptions = {
  keys: 20,
  failures: 5,
  failureRate: 0.5,
  windowMs: 60_000,
  coolDownMs: 5_000,
  maxCoolDownMs: 60_000,
};

export type CircuitState = 'closed' | 'open' | 'half-open';

/**
 * Whether a handler's dependency is worth calling. Counts keys, not calls, so that one poison message never opens it
 * however often it fails. closed → open when too many of the latest keys failed → half-open when the cool-down is over:
 * one message, the probe, is let through → closed by a success, open again for twice as long by the probe's failure.
 * Source of the pattern: Circuit Breaker (Nygard: Release It!).
 */
export class Circuit {
  readonly #outcomes = new Map<string, { readonly failed: boolean; readonly atMs: number }>();
  readonly #listeners: ((state: CircuitState) => void)[] = [];
  #state: CircuitState = 'closed';
  #coolDownMs: number;
  #probesAtMs = 0;
  #probe: string | undefined;

  constructor(
    readonly options: CircuitBreakerOptions = DEFAULT_CIRCUIT_BREAKER,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#coolDownMs = options.coolDownMs;
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** Milliseconds until a probe may be tried, at least 1; a probe under way takes as long as it takes. */
  get retryAfterMs(): number {
    const { coolDownMs } = this.options;
    return this.#state === 'open' ? Math.max(1, Math.ceil(this.#probesAtMs - this.now())) : coolDownMs;
  }

  /** Whether a message of this key may be handled; half-open, the first that asks becomes the probe. */
  admits(key: string): boolean {
    if (this.#state === 'half-open') this.#probe ??= key;
    return this.#state === 'closed' || (this.#state === 'half-open' && this.#probe === key);
  }

  /** As {@link admits}, for a look ahead: nobody becomes the probe by it. */
  mayAdmit(key: string): boolean {
    if (this.#state !== 'half-open') return this.#state === 'closed';
    return this.#probe === undefined || this.#probe === key;
  }

  /** The last one let through, or still under way. */
  isProbe(key: string): boolean {
    return this.#probe === key;
  }

  /** The probe came to nothing (a duplicate, a lost lane): the next message is the probe. */
  forgetProbe(key?: string): void {
    if (this.#state !== 'half-open' || this.#probe === undefined || (key !== undefined && key !== this.#probe)) return;
    this.#probe = undefined;
    this.#tell();
  }

  succeeded(key: string): void {
    if (this.#state === 'closed') this.#record(key, false);
    else if (this.#state === 'half-open') this.#close();
  }

  failed(key: string): void {
    if (this.#state === 'closed') {
      this.#record(key, true);
      if (this.#hasTooManyFailures()) this.#open(this.options.coolDownMs);
    } else if (this.#state === 'half-open' && this.#probe === key) {
      this.#open(Math.min(this.#coolDownMs * 2, this.options.maxCoolDownMs));
    }
  }

  /** Told after each change, also when a new probe may be tried. */
  onChange(listener: (state: CircuitState) => void): void {
    this.#listeners.push(listener);
  }

  #record(key: string, failed: boolean): void {
    this.#outcomes.delete(key); // to the end of the order
    this.#outcomes.set(key, { failed, atMs: this.now() });
    if (this.#outcomes.size <= this.options.keys) return;
    const [oldest] = this.#outcomes.keys();
    if (oldest !== undefined) this.#outcomes.delete(oldest);
  }

  #hasTooManyFailures(): boolean {
    const since = this.now() - this.options.windowMs;
    const recent = [...this.#outcomes.values()].filter(({ atMs }) => atMs > since);
    const failures = recent.filter(({ failed }) => failed).length;
    return failures >= this.options.failures && failures >= recent.length * this.options.failureRate;
  }

  #open(coolDownMs: number): void {
    this.#state = 'open';
    this.#coolDownMs = coolDownMs;
    this.#probesAtMs = this.now() + coolDownMs;
    const timer = setTimeout(() => {
      this.#state = 'half-open';
      this.#probe = undefined;
      this.#tell();
    }, coolDownMs);
    timer.unref();
    this.#tell();
  }

  #close(): void {
    this.#state = 'closed';
    this.#probe = undefined;
    this.#outcomes.clear();
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.#state);
  }
}
