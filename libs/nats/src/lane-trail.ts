interface Point {
  readonly next: bigint;
  readonly record: string | undefined;
}

/** Which record lies before each position of a lane that may still be acknowledged, or continued from. */
export class LaneTrail {
  /** In order. The last one is where reading continues. */
  #points: Point[];

  constructor(next: bigint, record: string | undefined) {
    this.#points = [{ next, record }];
  }

  /** Of the record before the position that reading continues from; `undefined` = not known. */
  get record(): string | undefined {
    return this.#points.at(-1)?.record;
  }

  add(points: readonly Point[]): void {
    this.#points.push(...points);
  }

  /** Everything before the position is done, and forgotten. @returns which record lies before it; `undefined` = not known */
  pass(next: bigint): string | undefined {
    const index = this.#points.findIndex((point) => point.next >= next);
    if (index > 0) this.#points = this.#points.slice(index);
    const [first] = this.#points;
    return first?.next === next ? first.record : undefined;
  }
}
