import { crc32c } from './crc32c.js';

/** One entry per interval of log, in bytes: a read starts at most this far before what it looks for. */
const INTERVAL_BYTES = 32 * 1024;
const NUMBERS_PER_ENTRY = 3;
const CRC_SIZE = 4;

export interface IndexEntry {
  readonly offset: number;
  readonly position: number;
  /** The youngest timestamp before this entry's batch. */
  readonly maxTimestampBefore: number;
}

/** What a sealed segment's index file says about the segment as a whole. */
export interface SegmentSummary {
  readonly size: number;
  readonly nextOffset: number;
  readonly maxTimestamp: number;
}

/** A sparse index of one segment: offsets and times to positions in its file. */
export class SegmentIndex {
  readonly #entries: IndexEntry[] = [];

  /** Told of each batch in turn; keeps one per interval. */
  note(offset: number, position: number, maxTimestampBefore: number): void {
    const last = this.#entries.at(-1);
    if (last !== undefined && position - last.position < INTERVAL_BYTES) return;
    this.#entries.push({ offset, position, maxTimestampBefore });
  }

  /** Where to start looking for the batch that holds `offset`. */
  positionBefore(offset: number): number {
    return this.#lastWhere((entry) => entry.offset <= offset)?.position ?? 0;
  }

  /** Where to start looking for the first batch as young as `timestamp`. */
  positionBeforeTime(timestamp: number): number {
    return this.#lastWhere((entry) => entry.maxTimestampBefore < timestamp)?.position ?? 0;
  }

  toFile({ size, nextOffset, maxTimestamp }: SegmentSummary): Buffer {
    const numbers = [size, nextOffset, maxTimestamp];
    for (const entry of this.#entries) numbers.push(entry.offset, entry.position, entry.maxTimestampBefore);
    const file = Buffer.allocUnsafe(numbers.length * 8 + CRC_SIZE);
    numbers.forEach((number, index) => file.writeDoubleBE(number, index * 8));
    file.writeUInt32BE(crc32c(file, 0, file.length - CRC_SIZE), file.length - CRC_SIZE);
    return file;
  }

  /** @returns undefined if the file is missing, damaged or not about a segment of this size. */
  static fromFile(
    file: Buffer | undefined,
    segmentSize: number,
  ): { readonly index: SegmentIndex; readonly summary: SegmentSummary } | undefined {
    const numbersSize = (file?.length ?? 0) - CRC_SIZE;
    if (file === undefined || numbersSize < NUMBERS_PER_ENTRY * 8 || numbersSize % (NUMBERS_PER_ENTRY * 8) !== 0) {
      return undefined;
    }
    if (file.readUInt32BE(numbersSize) !== crc32c(file, 0, numbersSize)) return undefined;
    const triple = (at: number): readonly [number, number, number] => [
      file.readDoubleBE(at),
      file.readDoubleBE(at + 8),
      file.readDoubleBE(at + 16),
    ];
    const [size, nextOffset, maxTimestamp] = triple(0);
    if (size !== segmentSize) return undefined;
    const index = new SegmentIndex();
    for (let at = NUMBERS_PER_ENTRY * 8; at < numbersSize; at += NUMBERS_PER_ENTRY * 8) {
      const [offset, position, maxTimestampBefore] = triple(at);
      index.#entries.push({ offset, position, maxTimestampBefore });
    }
    return { index, summary: { size, nextOffset, maxTimestamp } };
  }

  /** Binary search: `holds` is true for a first part of the entries and false for the rest. */
  #lastWhere(holds: (entry: IndexEntry) => boolean): IndexEntry | undefined {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry !== undefined && holds(entry)) low = middle + 1;
      else high = middle;
    }
    return this.#entries[low - 1];
  }
}
