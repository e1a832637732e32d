/**
 * Translates "everything before this record is done" into the offset to commit. The log also holds records that are never
 * delivered (control records of transactions, compacted ones); once all delivered ones are done, these are passed too.
 */
export class LaneOffsets {
  /** Offset after the last delivered record. */
  #delivered: bigint | undefined;
  /** Offset after everything fetched, delivered or not. */
  #fetched: bigint | undefined;
  #done: bigint | undefined;

  /** `lastRecord` absent: everything that was fetched was filtered out. */
  onFetched(lastRecord: string | undefined, lastOffset: string): void {
    if (lastRecord !== undefined) this.#delivered = BigInt(lastRecord) + 1n;
    this.#fetched = BigInt(lastOffset) + 1n;
  }

  /** What was never fetched was delivered from a log that is gone: its positions mean nothing on the one that took its place. */
  onDone(next: string): void {
    const done = BigInt(next);
    if (this.#delivered !== undefined && done <= this.#delivered) this.#done = done;
  }

  /** The offset to commit, if any is known. */
  position(): string | undefined {
    if (this.#delivered === undefined || this.#done === this.#delivered) return this.#fetched?.toString();
    return this.#done?.toString();
  }
}
