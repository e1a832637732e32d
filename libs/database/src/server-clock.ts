/** A reading that is older is renewed at the next chance: clocks drift, and are set. */
const FRESH_MS = 60_000;
/** How far two clocks may run apart, as a share of the time between readings. */
const DRIFT = 0.001;

/**
 * The database server's time as this process knows it, from readings of its clock and this process's monotonic one. Off by no more
 * than half of what the best recent reading took. The process's own idea of the date plays no part.
 */
export class ServerClock {
  #aheadMs: number | undefined;
  #doubtMs = Infinity;
  #readAtMs = -Infinity;

  constructor(private readonly monotonic: () => number = () => performance.now()) {}

  get isKnown(): boolean {
    return this.#aheadMs !== undefined;
  }

  get isFresh(): boolean {
    return this.monotonic() - this.#readAtMs < FRESH_MS;
  }

  /** @param ask answers the server's time in milliseconds since 1970. A failure leaves the clock as it was: whoever uses the connection next hears of it. */
  async read(ask: () => Promise<number | undefined>): Promise<void> {
    const askedAtMs = this.monotonic();
    const serverMs = await ask().catch(() => undefined);
    if (serverMs === undefined) return;
    const nowMs = this.monotonic();
    const doubtMs = (nowMs - askedAtMs) / 2;
    if (doubtMs > this.#doubtMs + (nowMs - this.#readAtMs) * DRIFT) return;
    this.#aheadMs = serverMs - (askedAtMs + doubtMs);
    this.#doubtMs = doubtMs;
    this.#readAtMs = nowMs;
  }

  /** Milliseconds since 1970, whole; this process's idea of them while the server's isn't known. */
  now(): number {
    return this.#aheadMs === undefined ? Date.now() : Math.floor(this.monotonic() + this.#aheadMs);
  }
}
