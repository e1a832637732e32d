import type { UnreadableRecords } from '@waybill/messaging';

import { CODECS, decompress } from './decompress.js';

/** Where a batch (format 2, since Kafka 0.11) has what we look at; lengths count from behind their own field. */
export const [LENGTH_AT, MAGIC_AT, CRC_AT, LAST_DELTA_AT] = [8, 16, 17, 23] as const;
export const ATTRIBUTES_AT = 21;
export const LENGTH_END = LENGTH_AT + 4;
export const [FIRST_TIMESTAMP_AT, MAX_TIMESTAMP_AT, PRODUCER_AT, COUNT_AT] = [27, 35, 43, 57] as const;
export const HEADER_BYTES = 61;
/** Of the older formats, whose messages stand alone and are shorter. */
const SHORTEST_BYTES = MAGIC_AT + 1;
const COMPRESSION = 0b111;
/** Of the attributes. */
export const [APPEND_TIME, TRANSACTIONAL, CONTROL] = [1 << 3, 1 << 4, 1 << 5] as const;

/** The batches of a partition's part of a fetch. A tail that the fetch's size limit cut off is left out: the next fetch begins with it. */
export function* batchesOf(data: Buffer): Iterable<Buffer> {
  for (let at = 0; at + SHORTEST_BYTES <= data.length;) {
    const end = at + Math.max(SHORTEST_BYTES, LENGTH_END + data.readInt32BE(at + LENGTH_AT));
    if (end > data.length) return;
    yield data.subarray(at, end);
    at = end;
  }
}

/** Whether it is of the formats before 0.11: one message, or several compressed into one. */
export function isMessageSet(batch: Buffer): boolean {
  return formatOf(batch) === 0 || formatOf(batch) === 1;
}

function formatOf(batch: Buffer): number {
  return batch.readInt8(MAGIC_AT);
}

function compressionOf(batch: Buffer): number {
  return batch.readInt16BE(ATTRIBUTES_AT) & COMPRESSION;
}

export function lastOffsetOf(batch: Buffer): bigint {
  const delta = batch.length < HEADER_BYTES || isMessageSet(batch) ? 0 : batch.readInt32BE(LAST_DELTA_AT);
  return batch.readBigInt64BE(0) + BigInt(Math.max(0, delta));
}

/** @throws when a batch can't be read: another format, cut off, a wrong checksum, an unknown compression */
export function assertReadable(batch: Buffer, crc32c: (data: Buffer) => number): void {
  if (formatOf(batch) !== 2) throw new Error(`format ${formatOf(batch)} is unknown`);
  if (batch.length < HEADER_BYTES) throw new Error('it is shorter than its header');
  if (crc32c(batch.subarray(ATTRIBUTES_AT)) !== batch.readUInt32BE(CRC_AT)) throw new Error('its checksum is wrong');
  const codec = compressionOf(batch);
  if (codec !== 0 && !CODECS.includes(codec)) throw new Error(`compression ${codec} is unknown`);
}

/**
 * The batch without its compression; itself where it has none. The clients don't do it: they have fewer codecs, and no limit to what
 * they make of a small batch.
 * @param batch one that {@link assertReadable} let pass
 * @throws when the data is damaged, or more than a batch may hold
 */
export async function opened(batch: Buffer): Promise<Buffer> {
  const compression = compressionOf(batch);
  if (compression === 0) return batch;
  const data = batch.subarray(HEADER_BYTES);
  const records = data.length === 0 ? data : await decompress(compression, data); // none where all were compacted away
  const plain = Buffer.concat([batch.subarray(0, HEADER_BYTES), records]);
  plain.writeInt16BE(plain.readInt16BE(ATTRIBUTES_AT) & ~compression, ATTRIBUTES_AT);
  plain.writeInt32BE(plain.length - LENGTH_END, LENGTH_AT);
  return plain;
}

/** The records of a batch that can't be read. */
export function unreadableRecords(batch: Buffer, error: unknown): UnreadableRecords {
  const reason = error instanceof Error ? error.message : String(error);
  return { first: String(batch.readBigInt64BE(0)), next: String(lastOffsetOf(batch) + 1n), reason };
}
