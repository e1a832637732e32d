/**
 * One shard of a topic while this process holds its lease, and what is known of its unpublished rows.
 *
 * A row *enters* when it comes from memory or from a claim; it is *ahead* until the broker has acknowledged it, then
 * *acknowledged* until its mark has committed. The order of a key rests on one rule: a row enters only when every
 * earlier unpublished row of its key has entered before it. {@link knows} answers that for the row just before.
 * Each {@link reset} is a new generation: rows that entered before it and are still queued are void.
 */
export class LeasedShard {
  generation = 0;
  /** The table may hold rows of this shard that haven't entered. */
  needsClaim = true;
  /** To be given back once nothing is on its way. */
  leaving = false;
  /** Pause after a row that the broker refuses for good; in the process's monotonic time. */
  blockedUntil = 0;
  refusals = 0;
  readonly #ahead = new Set<number>();
  readonly #acknowledged = new Set<number>();
  /** A flush that saw a row unpublished may report it after its mark; hence two generations of memory. */
  #marked = new Set<number>();
  #markedBefore = new Set<number>();
  #heldUntil: number;

  constructor(
    readonly topic: string,
    readonly number: number,
    readonly epoch: string,
    heldUntil: number,
  ) {
    this.#heldUntil = heldUntil;
  }

  isHeld(): boolean {
    return performance.now() < this.#heldUntil;
  }

  renew(heldUntil: number): void {
    this.#heldUntil = heldUntil;
  }

  /** The lease is over. */
  lose(): void {
    this.#heldUntil = 0;
    this.reset();
  }

  knows(seq: number): boolean {
    return this.#ahead.has(seq) || this.#acknowledged.has(seq) || this.#marked.has(seq) || this.#markedBefore.has(seq);
  }

  enter(seq: number): void {
    this.#ahead.add(seq);
  }

  acknowledge(seq: number): void {
    this.#ahead.delete(seq);
    this.#acknowledged.add(seq);
  }

  mark(seq: number): void {
    this.#acknowledged.delete(seq);
    this.#marked.add(seq);
  }

  /** A mark that can't be written: the row is published again. */
  unmark(seq: number): void {
    this.#acknowledged.delete(seq);
  }

  /** Rows that are unpublished in the table but need no claim. */
  *onTheirWay(): Iterable<number> {
    yield* this.#ahead;
    yield* this.#acknowledged;
  }

  get isIdle(): boolean {
    return this.#ahead.size === 0 && this.#acknowledged.size === 0;
  }

  /** Forgets what hasn't been acknowledged; the claim starts again at the lowest of it. */
  reset(): void {
    this.generation++;
    this.#ahead.clear();
    this.needsClaim = true;
  }

  /** Called every few seconds. */
  forgetOldMarks(): void {
    this.#markedBefore = this.#marked;
    this.#marked = new Set();
  }
}
