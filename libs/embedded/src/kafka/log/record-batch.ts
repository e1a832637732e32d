import { ErrorCode, type Refusal } from '../protocol/error-codes.js';
import { crc32c } from './crc32c.js';

/** Bytes before a batch's records. Batches stay opaque behind them: whatever their compression, they pass through. */
export const BATCH_HEADER_SIZE = 61;
/** Base offset and length: what stands before the bytes that `batchLength` counts. */
const LENGTH_PREFIX_SIZE = 12;
const SUPPORTED_MAGIC = 2;
const TRANSACTIONAL_OR_CONTROL = 0x30;

const Position = {
  baseOffset: 0,
  batchLength: 8,
  partitionLeaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordCount: 57,
} as const;

/** The header of a version 2 record batch. */
export interface BatchHeader {
  readonly baseOffset: number;
  /** The whole batch, in bytes. */
  readonly size: number;
  readonly attributes: number;
  readonly lastOffsetDelta: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordCount: number;
}

/** Size of the batch that starts at `at`, or undefined if the bytes there can't be one. */
export function batchSizeAt(data: Buffer, at: number): number | undefined {
  if (data.length - at < LENGTH_PREFIX_SIZE) return undefined;
  const size = data.readInt32BE(at + Position.batchLength) + LENGTH_PREFIX_SIZE;
  return size >= BATCH_HEADER_SIZE ? size : undefined;
}

/** The offset after the last record of the batch that starts at `at`. */
export function nextOffsetAt(data: Buffer, at: number): number {
  return Number(data.readBigInt64BE(at)) + data.readInt32BE(at + Position.lastOffsetDelta) + 1;
}

/** Reads the header at `at`, of which all BATCH_HEADER_SIZE bytes must be there. */
export function readBatchHeader(data: Buffer, at: number): BatchHeader {
  return {
    baseOffset: Number(data.readBigInt64BE(at + Position.baseOffset)),
    size: data.readInt32BE(at + Position.batchLength) + LENGTH_PREFIX_SIZE,
    attributes: data.readInt16BE(at + Position.attributes),
    lastOffsetDelta: data.readInt32BE(at + Position.lastOffsetDelta),
    baseTimestamp: Number(data.readBigInt64BE(at + Position.baseTimestamp)),
    maxTimestamp: Number(data.readBigInt64BE(at + Position.maxTimestamp)),
    producerId: Number(data.readBigInt64BE(at + Position.producerId)),
    producerEpoch: data.readInt16BE(at + Position.producerEpoch),
    baseSequence: data.readInt32BE(at + Position.baseSequence),
    recordCount: data.readInt32BE(at + Position.recordCount),
  };
}

/** Whether a whole batch of this size lies at `at`, with the checksum that its header states. */
export function isIntactBatch(data: Buffer, at: number, size: number): boolean {
  return (
    size <= data.length - at &&
    data.readInt8(at + Position.magic) === SUPPORTED_MAGIC &&
    data.readUInt32BE(at + Position.crc) === crc32c(data, at + Position.attributes, at + size)
  );
}

/** What a producer sent for one partition: exactly one intact batch, or the protocol's error. */
export function checkProducedBatch(records: Buffer | null, maxBatchBytes: number): BatchHeader | Refusal {
  if (records === null) return ErrorCode.INVALID_RECORD;
  if (records.length > Position.magic && records.readInt8(Position.magic) !== SUPPORTED_MAGIC) {
    return ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT;
  }
  const size = batchSizeAt(records, 0);
  if (size === undefined || size > records.length) return ErrorCode.CORRUPT_MESSAGE;
  if (size > maxBatchBytes) return ErrorCode.MESSAGE_TOO_LARGE;
  if (!isIntactBatch(records, 0, size)) return ErrorCode.CORRUPT_MESSAGE;
  const header = readBatchHeader(records, 0);
  const consistent = header.recordCount > 0 && header.lastOffsetDelta === header.recordCount - 1;
  if (size !== records.length || !consistent) return ErrorCode.INVALID_RECORD;
  if ((header.attributes & TRANSACTIONAL_OR_CONTROL) !== 0) return ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
  return header;
}

/** Gives a batch its place in the log, in place: the checksum doesn't cover these two fields. */
export function placeBatch(batch: Buffer, baseOffset: number, leaderEpoch: number): void {
  batch.writeBigInt64BE(BigInt(baseOffset), Position.baseOffset);
  batch.writeInt32BE(leaderEpoch, Position.partitionLeaderEpoch);
}
