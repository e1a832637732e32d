import { ATTRIBUTES_AT, CONTROL, lastOffsetOf, PRODUCER_AT, TRANSACTIONAL } from './record-batch.js';

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

const ABORT = 0;
const TYPE_AT = 2;

/** Whose records are of a transaction that was aborted, batch by batch: from its first offset up to its end marker. */
export class AbortedProducers {
  readonly #ahead: AbortedTransaction[];
  readonly #producers = new Set<bigint>();

  /** @param transactions what a fetch names for a partition */
  constructor(transactions: readonly AbortedTransaction[]) {
    this.#ahead = transactions.toSorted((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  }

  /**
   * Whether nobody is to see the records of a batch: they are the broker's own, or of an aborted transaction.
   * All batches of the fetch are to be asked for, in their order.
   * @param firstKey of the batch's first record
   */
  hides(batch: Buffer, firstKey: Buffer | null | undefined): boolean {
    const attributes = batch.readInt16BE(ATTRIBUTES_AT);
    const producer = batch.readBigInt64BE(PRODUCER_AT);
    this.#reach(lastOffsetOf(batch));
    if ((attributes & CONTROL) === 0) return (attributes & TRANSACTIONAL) !== 0 && this.#producers.has(producer);
    if (firstKey?.readInt16BE(TYPE_AT) === ABORT) this.#producers.delete(producer);
    return true;
  }

  #reach(offset: bigint): void {
    for (let next = this.#ahead[0]; next && next.firstOffset <= offset; next = this.#ahead[0]) {
      this.#producers.add(next.producerId);
      this.#ahead.shift();
    }
  }
}
