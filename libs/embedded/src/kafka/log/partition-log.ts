import { ErrorCode, type Refusal } from '../protocol/error-codes.js';
import type { TimedOffset } from './find-record-by-time.js';
import type { LogStorage } from './log-storage.js';
import { ProducerStates } from './producer-states.js';
import { type BatchHeader, checkProducedBatch, placeBatch } from './record-batch.js';
import { Segment } from './segment.js';

/** There is one broker, which leads every partition from the beginning on. */
export const LEADER_EPOCH = 0;
const PRODUCERS_FILE = 'producers.json';

export interface LogConfig {
  readonly segmentBytes: number;
  readonly maxBatchBytes: number;
  /** Age in ms at which records may be deleted; -1: never. */
  readonly retentionMs: number;
  /** Size in bytes above which the oldest segments are deleted; -1: none. */
  readonly retentionBytes: number;
}

export type AppendResult =
  | { readonly errorCode: typeof ErrorCode.NONE; readonly baseOffset: number }
  | { readonly errorCode: Refusal };

/** One partition: segments in a row, the last one being written. */
export class PartitionLog {
  readonly #segments: Segment[];
  readonly #producers = new ProducerStates();
  /** The one sealed segment whose index is in memory: that of the last read. */
  #sealedWithIndex: Segment | undefined;
  readonly #appendListeners = new Set<(bytes: number) => void>();

  constructor(
    private readonly storage: LogStorage,
    private config: LogConfig,
  ) {
    const baseOffsets = storage.segmentBaseOffsets();
    this.#segments = (baseOffsets.length === 0 ? [0] : baseOffsets).map((base) => Segment.open(storage, base));
    for (const sealed of this.#segments.slice(0, -1)) sealed.seal();
    this.#restoreProducers();
  }

  get startOffset(): number {
    return this.#segments[0]?.baseOffset ?? 0;
  }

  /** The offset that the next record will get; also the high watermark. */
  get endOffset(): number {
    return this.#active.nextOffset;
  }

  get size(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.size, 0);
  }

  configure(config: LogConfig): void {
    this.config = config;
  }

  /**
   * Appends one batch, which is given its offsets in place. When this returns without an error the batch survives the
   * process, however that dies.
   */
  append(records: Buffer | null): AppendResult {
    if (records === null) return { errorCode: ErrorCode.INVALID_RECORD };
    const header = checkProducedBatch(records, this.config.maxBatchBytes);
    if (typeof header === 'number') return { errorCode: header };
    const verdict = this.#producers.judge(header);
    if (verdict.kind === 'refuse') return { errorCode: verdict.errorCode };
    const baseOffset = verdict.kind === 'duplicate' ? verdict.baseOffset : this.#write(records, header);
    return { errorCode: ErrorCode.NONE, baseOffset };
  }

  /** Writes once more what a producer has just written, as a retry does that isn't recognised. */
  appendAgain(records: Buffer): void {
    const header = checkProducedBatch(records, this.config.maxBatchBytes);
    if (typeof header !== 'number') this.#write(records, { ...header, producerId: -1 });
  }

  /** Whole batches from the one that holds `offset` on, at least one if there is any; undefined out of the log's range. */
  read(offset: number, maxBytes: number): Buffer | undefined {
    if (offset === this.endOffset) return EMPTY;
    const segment = this.#segments.findLast((candidate) => candidate.baseOffset <= offset);
    if (segment === undefined || offset > this.endOffset) return undefined;
    const data = segment.read(offset, maxBytes);
    this.#keepOneSealedIndex(segment);
    return data;
  }

  /** The first record as young as `timestamp`, if there is one. */
  findByTime(timestamp: number): TimedOffset | undefined {
    const segment = this.#segments.find((candidate) => candidate.maxTimestamp >= timestamp);
    if (segment === undefined) return undefined;
    const found = segment.findByTime(timestamp);
    this.#keepOneSealedIndex(segment);
    return found;
  }

  /** Calls `listener` with the size of each batch appended, until the returned function is called. */
  onAppend(listener: (bytes: number) => void): () => void {
    this.#appendListeners.add(listener);
    return () => this.#appendListeners.delete(listener);
  }

  /** Deletes the segments that time or size has overtaken, oldest first. @returns how many. */
  applyRetention(now: number): number {
    const { retentionMs, retentionBytes } = this.config;
    const isExpired = (segment: Segment): boolean =>
      retentionMs >= 0 && segment.size > 0 && segment.maxTimestamp < now - retentionMs;
    if (isExpired(this.#active)) this.#roll();
    let deleted = 0;
    let size = this.size;
    for (let oldest = this.#segments[0]; oldest !== undefined && oldest !== this.#active; oldest = this.#segments[0]) {
      const isTooMuch = retentionBytes >= 0 && size - oldest.size >= retentionBytes;
      if (!isTooMuch && !isExpired(oldest)) break;
      size -= oldest.size;
      this.#segments.shift();
      oldest.remove();
      deleted++;
    }
    return deleted;
  }

  /** Stores what makes the next opening quick, and closes the files. */
  close(): void {
    if (this.endOffset > 0) {
      this.#active.seal();
      this.#storeProducers();
    }
    this.storage.close();
  }

  remove(): void {
    this.storage.remove();
    for (const listener of this.#appendListeners) listener(Infinity); // whoever waits for more is told that it is gone
  }

  get #active(): Segment {
    const active = this.#segments.at(-1);
    if (active === undefined) throw new Error('a log has at least one segment');
    return active;
  }

  #write(records: Buffer, header: BatchHeader): number {
    const baseOffset = this.endOffset;
    if (this.#active.size > 0 && this.#active.size + records.length > this.config.segmentBytes) this.#roll();
    placeBatch(records, baseOffset, LEADER_EPOCH);
    this.#active.append(records, header);
    this.#producers.record(header, baseOffset);
    for (const listener of this.#appendListeners) listener(records.length);
    return baseOffset;
  }

  #roll(): void {
    this.#active.seal();
    this.#storeProducers();
    this.#segments.push(Segment.begin(this.storage, this.endOffset));
  }

  #keepOneSealedIndex(segment: Segment): void {
    if (segment === this.#active || segment === this.#sealedWithIndex) return;
    if (this.#sealedWithIndex !== this.#active) this.#sealedWithIndex?.seal();
    this.#sealedWithIndex = segment;
  }

  #storeProducers(): void {
    if (!this.#producers.isEmpty) this.storage.writeFile(PRODUCERS_FILE, this.#producers.toSnapshot(this.endOffset));
  }

  #restoreProducers(): void {
    const known = this.#producers.restore(this.storage.readFile(PRODUCERS_FILE), this.endOffset);
    if (known === this.endOffset) return;
    for (const header of this.#active.headersFrom(known ?? this.#active.baseOffset)) {
      this.#producers.record(header, header.baseOffset);
    }
  }
}

const EMPTY: Buffer = Buffer.alloc(0);
