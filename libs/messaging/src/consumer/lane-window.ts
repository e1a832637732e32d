import type { BrokerRecord, Lane } from '../broker.js';

/** What a window needs to know of a delivery. */
export interface WindowEntry {
  readonly record: BrokerRecord;
  readonly settled: boolean;
}

/**
 * The deliveries of one lane between its acknowledged position and its newest record; those of one record lie side by side. They may be settled in any order;
 * the position moves over those that are settled without a gap.
 */
export class LaneWindow<Entry extends WindowEntry = WindowEntry> {
  readonly lane: Lane;
  /** Not yet taken into a batch: their count and the bytes they hold. */
  backlog = 0;
  backlogBytes = 0;
  paused = false;
  /** The lane was reassigned: nothing here counts any more. */
  closed = false;
  /** Since when the position has waited for the record it waits for. */
  #waitingSinceMs = 0;
  #entries: Entry[] = [];
  #head = 0;

  constructor(lane: Lane) {
    this.lane = lane;
  }

  add(delivery: Entry): void {
    if (this.span === 0) this.#waitingSinceMs = performance.now();
    this.#entries.push(delivery);
    this.backlog += 1;
    this.backlogBytes += sizeOf(delivery);
  }

  taken(delivery: WindowEntry): void {
    this.backlog -= 1;
    this.backlogBytes -= sizeOf(delivery);
  }

  returned(delivery: WindowEntry): void {
    this.backlog += 1;
    this.backlogBytes += sizeOf(delivery);
  }

  /** The delivery that the position waits for, and for how long it has. */
  get head(): { readonly delivery: Entry; readonly forMs: number } | undefined {
    let at = this.#head;
    while (this.#entries[at]?.settled === true) at += 1; // other handlers of the same record
    const delivery = this.#entries[at];
    return delivery && { delivery, forMs: performance.now() - this.#waitingSinceMs };
  }

  /** Deliveries between the position and the newest record. */
  get span(): number {
    return this.#entries.length - this.#head;
  }

  /** @returns the position up to which everything is settled, where it has moved. */
  advance(): string | undefined {
    const start = this.#head;
    while (this.#entries[this.#head]?.settled === true) this.#head += 1;
    // A record with several handlers is behind only once all of them are done with it.
    while (this.#head > start && this.#entries[this.#head]?.record === this.#entries[this.#head - 1]?.record) {
      this.#head -= 1;
    }
    if (this.#head === start) return undefined;
    this.#waitingSinceMs = performance.now();
    const last = this.#entries[this.#head - 1];
    if (this.#head > 1_024 || this.#head === this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return last === undefined ? undefined : (BigInt(last.record.position) + 1n).toString();
  }
}

function sizeOf({ record }: WindowEntry): number {
  return (record.value?.length ?? 0) + 200;
}
