const NO_ID = '00000000-0000-0000-0000-000000000000';
/** A transaction may commit an order's id after later ones: so long the newest are looked for again, in milliseconds. */
const TAIL_MS = 60_000;
/** Orders that are looked at for the first time, or haven't ended, in one look. */
export const MOST_FRESH = 1_000;
/** Orders that were right before, and are looked at again, in one look. */
export const MOST_AGAIN = 500;
/** Ids that are listed in one look. */
export const MOST_LISTED = 10_000;

/**
 * Which orders are looked at next, so that a look costs the same however many there are: each new one, those that haven't ended, and of
 * the others a page, from the first to the last and then again from the first. It remembers what is open, not what has ended.
 */
export class OrderWatch {
  /** All orders up to this id have been taken up. */
  #upTo = NO_ID;
  /** Newer than that, and taken up. */
  #tail = new Set<string>();
  /** Which invariants have judged an order that may still change; the one that was looked at longest ago first. */
  #open = new Map<string, readonly boolean[]>();
  #again = NO_ID;
  #isBehind = false;

  /** Where listing continues. */
  get upTo(): string {
    return this.#upTo;
  }

  /** Where the second look continues. */
  get again(): string {
    return this.#again;
  }

  /** Orders that have never been looked at are left. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /**
   * @param listed ids above {@link upTo}, ascending
   * @param before ids above {@link again}, ascending
   * @returns the orders to be looked at
   */
  next(listed: readonly string[], before: readonly string[], nowMs: number): readonly string[] {
    const old = [...this.#open.keys()].slice(0, MOST_FRESH);
    const taken = this.#takeUp(listed, MOST_FRESH - Math.min(old.length, MOST_FRESH / 2), nowMs);
    this.#isBehind = taken.isFull || listed.length === MOST_LISTED;
    const again = before.filter((id) => id <= this.#upTo);
    this.#again = again.length < MOST_AGAIN ? NO_ID : (again.at(-1) ?? NO_ID);
    return [...new Set([...old, ...taken.ids, ...again])];
  }

  #takeUp(listed: readonly string[], most: number, nowMs: number): { ids: readonly string[]; isFull: boolean } {
    const ids: string[] = [];
    for (const id of listed) {
      if (!this.#tail.has(id)) {
        if (ids.length >= most) return { ids, isFull: true };
        ids.push(id);
        this.#tail.add(id);
        this.#open.set(id, []);
      }
      if (placedAtMs(id) < nowMs - TAIL_MS) {
        this.#upTo = id;
        this.#tail.delete(id);
      }
    }
    return { ids, isFull: false };
  }

  /**
   * @param judgedBy for each invariant, whether it has judged the order now
   * @returns for each, whether it has done so for the first time
   */
  judged(id: string, judgedBy: readonly boolean[], isOpen: boolean): readonly boolean[] {
    const before = this.#open.get(id);
    if (before === undefined) return [];
    const all = judgedBy.map((isJudged, index) => isJudged || before[index] === true);
    this.#open.delete(id);
    if (isOpen || all.includes(false)) this.#open.set(id, all); // goes to the end
    return judgedBy.map((isJudged, index) => isJudged && before[index] !== true);
  }

  /** Whether some invariant has still to judge it. */
  isOpen(id: string): boolean {
    return this.#open.has(id);
  }
}

/** An order's id is a UUIDv7. */
function placedAtMs(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
