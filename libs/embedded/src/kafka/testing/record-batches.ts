import { crc32c } from '../log/crc32c.js';
import { BATCH_HEADER_SIZE } from '../log/record-batch.js';

interface BatchOptions {
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly records?: number;
  readonly attributes?: number;
}

/** A version 2 batch as a producer sends it; its records are filler, which the broker doesn't look into. */
export function recordBatch({
  producerId = -1,
  producerEpoch = 0,
  baseSequence = -1,
  records = 1,
  attributes = 0,
}: BatchOptions = {}): Buffer {
  const batch = Buffer.alloc(BATCH_HEADER_SIZE + records * 10, 1);
  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(-1, 12);
  batch.writeInt8(2, 16);
  batch.writeInt16BE(attributes, 21);
  batch.writeInt32BE(records - 1, 23);
  batch.writeBigInt64BE(1_700_000_000_000n, 27);
  batch.writeBigInt64BE(1_700_000_000_000n, 35);
  batch.writeBigInt64BE(BigInt(producerId), 43);
  batch.writeInt16BE(producerEpoch, 51);
  batch.writeInt32BE(baseSequence, 53);
  batch.writeInt32BE(records, 57);
  batch.writeUInt32BE(crc32c(batch, 21), 17);
  return batch;
}
