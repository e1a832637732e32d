import type { SegmentStorage } from './log-storage.js';
import { BATCH_HEADER_SIZE, type BatchHeader, batchSizeAt, isIntactBatch, readBatchHeader } from './record-batch.js';

const CHUNK_BYTES = 256 * 1024;

/**
 * Walks over a segment's batches, in bounded memory (one chunk, or one batch if that is larger). Ends at the first bytes
 * that aren't a whole batch, or, with 'checksums', an intact one.
 */
export function* scanBatches(
  storage: SegmentStorage,
  from: number,
  check: 'headers' | 'checksums',
): Generator<{ readonly header: BatchHeader; readonly position: number }> {
  const enough = (size: number): number => (check === 'checksums' ? size : BATCH_HEADER_SIZE);
  let position = from;
  let chunkStart = from;
  let chunk: Buffer = Buffer.alloc(0);
  while (storage.size - position >= BATCH_HEADER_SIZE) {
    if (chunkStart + chunk.length - position < BATCH_HEADER_SIZE) load(CHUNK_BYTES);
    const size = batchSizeAt(chunk, position - chunkStart);
    if (size === undefined || size > storage.size - position) return;
    if (chunkStart + chunk.length - position < enough(size)) load(Math.max(size, CHUNK_BYTES));
    if (check === 'checksums' && !isIntactBatch(chunk, position - chunkStart, size)) return;
    yield { header: readBatchHeader(chunk, position - chunkStart), position };
    position += size;
  }

  function load(length: number): void {
    chunkStart = position;
    chunk = storage.read(position, Math.min(length, storage.size - position));
  }
}
