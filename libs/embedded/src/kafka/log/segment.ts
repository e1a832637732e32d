import { segmentName } from './disk-log-storage.js';
import { findRecordByTime, type TimedOffset } from './find-record-by-time.js';
import type { LogStorage, SegmentStorage } from './log-storage.js';
import { BATCH_HEADER_SIZE, batchSizeAt, type BatchHeader, nextOffsetAt } from './record-batch.js';
import { scanBatches } from './scan-batches.js';
import { SegmentIndex, type SegmentSummary } from './segment-index.js';

/** What a read takes in one go, before it knows how large the batches are. */
const READ_AHEAD_BYTES = 36 * 1024;

/** A stretch of a partition's log, in one file: batches back to back, with a sparse index. Only the last one grows. */
export class Segment {
  readonly #storage: SegmentStorage;
  #summary: SegmentSummary;
  /** Absent while a sealed segment isn't being read: its index waits in its file. */
  #index: SegmentIndex | undefined;

  private constructor(
    readonly baseOffset: number,
    private readonly log: LogStorage,
    opened: { readonly storage: SegmentStorage; readonly index: SegmentIndex; readonly summary: SegmentSummary },
    private indexIsStored: boolean,
  ) {
    this.#storage = opened.storage;
    this.#index = opened.index;
    this.#summary = opened.summary;
  }

  /**
   * Opens a segment, or begins one. Without a valid index file (the process was killed) the batches are read and checked,
   * and what follows the last intact one is cut off.
   */
  static open(log: LogStorage, baseOffset: number): Segment {
    const storage = log.segment(baseOffset);
    const indexed = SegmentIndex.fromFile(log.readFile(indexName(baseOffset)), storage.size);
    return new Segment(
      baseOffset,
      log,
      { storage, ...(indexed ?? recover(storage, baseOffset)) },
      indexed !== undefined,
    );
  }

  /** Begins an empty segment that exists at once, so that the log continues at this offset even if all before is deleted. */
  static begin(log: LogStorage, baseOffset: number): Segment {
    log.segment(baseOffset).create();
    return Segment.open(log, baseOffset);
  }

  get nextOffset(): number {
    return this.#summary.nextOffset;
  }

  get size(): number {
    return this.#summary.size;
  }

  /** The youngest record's time in ms since 1970, or -1 if there is none. */
  get maxTimestamp(): number {
    return this.#summary.maxTimestamp;
  }

  append(batch: Buffer, header: BatchHeader): void {
    const { nextOffset, size, maxTimestamp } = this.#summary;
    this.#storage.append(batch);
    this.indexIsStored = false;
    this.#loadedIndex().note(nextOffset, size, maxTimestamp);
    this.#summary = {
      size: size + batch.length,
      nextOffset: nextOffset + header.lastOffsetDelta + 1,
      maxTimestamp: Math.max(maxTimestamp, header.maxTimestamp),
    };
  }

  /** Whole batches from the one that holds `offset` on: up to `maxBytes`, but at least one. */
  read(offset: number, maxBytes: number): Buffer {
    const from = this.#loadedIndex().positionBefore(offset);
    const data = this.#storage.read(from, Math.min(this.size - from, READ_AHEAD_BYTES + maxBytes));
    let start = 0;
    let size = batchSizeAt(data, start);
    while (size !== undefined && data.length - start >= BATCH_HEADER_SIZE && nextOffsetAt(data, start) <= offset) {
      start += size;
      size = batchSizeAt(data, start);
    }
    // The one batch that is sent whatever the limit, if it ends (or begins) behind what was read.
    if (size === undefined || start + size > data.length) return this.#batchAt(from + start);
    let end = start;
    while (size !== undefined && end + size <= data.length && (end === start || end + size - start <= maxBytes)) {
      end += size;
      size = batchSizeAt(data, end);
    }
    return data.subarray(start, end);
  }

  /** The first record as young as `timestamp`, if the segment has one. */
  findByTime(timestamp: number): TimedOffset | undefined {
    if (this.maxTimestamp < timestamp) return undefined;
    const from = this.#loadedIndex().positionBeforeTime(timestamp);
    for (const { header, position } of scanBatches(this.#storage, from, 'headers')) {
      if (header.maxTimestamp >= timestamp) {
        return findRecordByTime(this.#storage.read(position, header.size), timestamp);
      }
    }
    return undefined;
  }

  /** All batch headers from the one that holds `offset` on. */
  *headersFrom(offset: number): Generator<BatchHeader> {
    for (const { header } of scanBatches(this.#storage, this.#loadedIndex().positionBefore(offset), 'headers')) {
      if (header.baseOffset >= offset) yield header;
    }
  }

  /** Stores the index, so that the next opening needs no scan; and forgets it, so that memory doesn't grow with the log. */
  seal(): void {
    if (this.#index !== undefined && !this.indexIsStored) {
      this.log.writeFile(indexName(this.baseOffset), this.#index.toFile(this.#summary));
      this.indexIsStored = true;
    }
    this.#index = undefined;
  }

  remove(): void {
    this.#storage.remove();
    this.log.removeFile(indexName(this.baseOffset));
  }

  #batchAt(position: number): Buffer {
    const size = batchSizeAt(this.#storage.read(position, BATCH_HEADER_SIZE), 0);
    if (size === undefined) throw new Error(`segment ${this.baseOffset} has no batch at position ${position}`);
    return this.#storage.read(position, size);
  }

  #loadedIndex(): SegmentIndex {
    if (this.#index === undefined) {
      const file = this.log.readFile(indexName(this.baseOffset));
      this.#index = (SegmentIndex.fromFile(file, this.size) ?? recover(this.#storage, this.baseOffset)).index;
    }
    return this.#index;
  }
}

const indexName = (baseOffset: number): string => `${segmentName(baseOffset)}.index`;

function recover(
  storage: SegmentStorage,
  baseOffset: number,
): { readonly index: SegmentIndex; readonly summary: SegmentSummary } {
  const index = new SegmentIndex();
  let summary: SegmentSummary = { size: 0, nextOffset: baseOffset, maxTimestamp: -1 };
  for (const { header, position } of scanBatches(storage, 0, 'checksums')) {
    if (header.baseOffset !== summary.nextOffset) break;
    index.note(header.baseOffset, position, summary.maxTimestamp);
    summary = {
      size: position + header.size,
      nextOffset: header.baseOffset + header.lastOffsetDelta + 1,
      maxTimestamp: Math.max(summary.maxTimestamp, header.maxTimestamp),
    };
  }
  if (summary.size < storage.size) storage.truncate(summary.size);
  return { index, summary };
}
