interface Sample {
  readonly atMs: number;
  readonly end: bigint;
}

const MOST_SAMPLES = 64;

/**
 * When a lane's end was first seen beyond a position: the record at the position is at least that old. Holds nothing while
 * nobody lags; in a long backlog old samples are thinned out.
 */
export class EndOffsetHistory {
  #samples: Sample[] = [];

  get isEmpty(): boolean {
    return this.#samples.length === 0;
  }

  /** In the order of time. An end before the last one is another log's. */
  add(atMs: number, end: bigint): void {
    const last = this.#samples.at(-1);
    if (last && last.end > end) this.#samples = []; // of another log: the topic was made again
    else if (last?.end === end) return; // says nothing new
    this.#samples.push({ atMs, end });
    if (this.#samples.length > MOST_SAMPLES) {
      this.#samples = this.#samples.filter((_, index) => index % 2 === 0 || index === this.#samples.length - 1);
    }
  }

  /** How old the record at `next` is at least, in milliseconds; 0 if there is none. Forgets what lies before it. */
  ageMs(next: bigint, nowMs: number): number {
    this.#samples = this.#samples.filter(({ end }) => end > next);
    const [first] = this.#samples;
    return first ? Math.max(0, nowMs - first.atMs) : 0;
  }
}
