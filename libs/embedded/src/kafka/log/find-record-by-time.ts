import { uncompress } from './compression/uncompress.js';
import { BATCH_HEADER_SIZE, readBatchHeader } from './record-batch.js';

export interface TimedOffset {
  readonly offset: number;
  readonly timestamp: number;
}

const COMPRESSION_MASK = 0x07;

/**
 * The first record of a batch that is as young as `timestamp`, as on Apache Kafka. Where the batch can't be opened here (zstd
 * before Node 22.15), its first record stands for it: a reader then starts a little early, never late.
 */
export function findRecordByTime(batch: Buffer, timestamp: number): TimedOffset {
  const { attributes, baseOffset, baseTimestamp, recordCount } = readBatchHeader(batch, 0);
  const first = { offset: baseOffset, timestamp: baseTimestamp };
  const records = uncompress(batch.subarray(BATCH_HEADER_SIZE), attributes & COMPRESSION_MASK);
  if (records === undefined) return first;
  let at = 0;
  for (let left = recordCount; left > 0 && at < records.length; left--) {
    const length = readVarint(records, at);
    const timestampDelta = readVarint(records, length.end + 1);
    const offsetDelta = readVarint(records, timestampDelta.end);
    if (baseTimestamp + timestampDelta.value >= timestamp) {
      return { offset: baseOffset + offsetDelta.value, timestamp: baseTimestamp + timestampDelta.value };
    }
    at = length.end + length.value;
  }
  return first;
}

/** A zigzag-encoded signed number, and where the next field begins. Ends at the buffer's end at the latest. */
function readVarint(data: Buffer, start: number): { readonly value: number; readonly end: number } {
  let raw = 0;
  let at = start;
  for (let scale = 1; at < data.length; scale *= 128) {
    const byte = data[at++] ?? 0;
    raw += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  return { value: raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2, end: at };
}
