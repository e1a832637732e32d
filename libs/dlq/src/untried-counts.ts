/** This many times as long as a count took, its result is carried on instead of counting again. */
const REST = 20;
/** Runs whose counts are remembered. */
const MOST_RUNS = 100;

interface Count {
  readonly remaining: number;
  readonly countedAtMs: number;
  readonly tookMs: number;
}

/**
 * How many letters a run has yet to try. To count a million takes seconds, so a run over them must not count at each call:
 * between two counts it is the last one less what was taken, and never 0. Exact where a call took all that it could.
 */
export class UntriedCounts {
  readonly #counts = new Map<string, Count>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /**
   * @param asked which letters of which run.
   * @param isExhausted the call took fewer than it might have.
   */
  async after(asked: string, taken: number, isExhausted: boolean, count: () => Promise<number>): Promise<number> {
    const before = this.#counts.get(asked);
    const carried = before === undefined ? 0 : before.remaining - taken;
    const mayRest = before !== undefined && this.now() - before.countedAtMs < REST * before.tookMs;
    if (before !== undefined && mayRest && !isExhausted && carried > 0) {
      this.#remember(asked, { ...before, remaining: carried });
      return carried;
    }
    const startedAtMs = this.now();
    const remaining = await count();
    const countedAtMs = this.now();
    this.#remember(asked, { remaining, countedAtMs, tookMs: countedAtMs - startedAtMs });
    return remaining;
  }

  #remember(asked: string, count: Count): void {
    this.#counts.delete(asked);
    this.#counts.set(asked, count);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > MOST_RUNS && oldest !== undefined) this.#counts.delete(oldest);
  }
}
