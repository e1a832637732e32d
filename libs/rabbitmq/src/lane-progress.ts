interface Delivered {
  readonly next: number;
  readonly record: string | undefined;
}

/**
 * What of a lane has been handed over, and how far that is done. A stream may also hold what is never handed over (a second card);
 * once everything before it is done, it is passed too.
 */
export class LaneProgress {
  /** In order, and not yet done. */
  #delivered: Delivered[] = [];
  #fetched: Delivered;
  #done: Delivered;

  /** @param record the id of the record before `next`, where it is known */
  constructor(next: number, record?: string) {
    this.#done = { next, record };
    this.#fetched = this.#done;
  }

  /** @param next behind the record */
  onDelivered(next: number, record: string | undefined): void {
    this.#fetched = { next, record };
    this.#delivered.push(this.#fetched);
  }

  /** @param next behind what is never handed over */
  onPassed(next: number, record: string | undefined): void {
    this.#fetched = { next, record };
  }

  /** What was never handed over isn't done, whatever is said: it was another log's. */
  onDone(next: number): void {
    const { length } = this.#delivered;
    if (next <= this.#done.next || length === 0 || next > (this.#delivered[length - 1]?.next ?? 0)) return;
    const remaining = this.#delivered.findIndex((each) => each.next > next);
    const done = remaining === -1 ? length : remaining;
    this.#done = this.#delivered[done - 1] ?? this.#done;
    this.#delivered = this.#delivered.slice(done);
  }

  /** Everything before `next` is done. */
  get position(): Delivered {
    return this.#delivered.length === 0 ? this.#fetched : this.#done;
  }
}
