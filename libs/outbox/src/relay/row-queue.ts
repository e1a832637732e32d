import type { OutboxRow } from '../outbox-row.js';
import type { LeasedShard } from './leased-shard.js';

export interface QueuedRow {
  readonly row: OutboxRow;
  readonly shard: LeasedShard;
  /** The shard's generation when it entered. */
  readonly generation: number;
}

/** What the names of the headers, the ids and the framing of a record come to at most. */
const OVERHEAD_BYTES = 600;

/** Rows on their way to the broker, first in, first out. Void ones (see {@link LeasedShard}) are dropped when they come up. */
export class RowQueue {
  #rows: QueuedRow[] = [];
  #first = 0;
  #bytes = 0;

  get size(): number {
    return this.#rows.length - this.#first;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(row: OutboxRow, shard: LeasedShard): void {
    shard.enter(row.seq);
    this.#rows.push({ row, shard, generation: shard.generation });
    this.#bytes += sizeOf(row);
  }

  /** At least one row if there is any, then as many as fit. */
  take(mostRows: number, mostBytes: number): readonly QueuedRow[] {
    const taken: QueuedRow[] = [];
    let bytes = 0;
    for (; this.#first < this.#rows.length && taken.length < mostRows; this.#first++) {
      const next = this.#rows[this.#first];
      if (!next) break;
      const size = sizeOf(next.row);
      const isVoid = next.generation !== next.shard.generation;
      if (!isVoid && taken.length > 0 && bytes + size > mostBytes) break;
      this.#bytes -= size;
      if (isVoid) continue;
      bytes += size;
      taken.push(next);
    }
    if (this.#first > 1_000 && this.#first * 2 > this.#rows.length) {
      this.#rows = this.#rows.slice(this.#first);
      this.#first = 0;
    }
    return taken;
  }

  /** Hands all rows over to another queue, behind its own. */
  moveTo(other: RowQueue): void {
    for (const { row, shard } of this.take(Infinity, Infinity)) other.push(row, shard);
  }
}

function sizeOf({ payload, key, subject, correlationid }: OutboxRow): number {
  return payload.length + OVERHEAD_BYTES + 2 * (key?.length ?? 0) + (subject?.length ?? 0) + correlationid.length;
}
