import type { HeaderValue } from '@waybill/messaging';
import crc32c from 'kafkajs/src/protocol/recordBatch/crc32C/index.js';
import type { MessageToSend, PartitionData, ProduceRequest } from 'kafkajs/src/protocol/requests/produce/index.js';

import { isHeaderValue } from '../header-values.js';
import {
  ATTRIBUTES_AT,
  COUNT_AT,
  CRC_AT,
  FIRST_TIMESTAMP_AT,
  HEADER_BYTES,
  LAST_DELTA_AT,
  LENGTH_AT,
  LENGTH_END,
  MAGIC_AT,
  MAX_TIMESTAMP_AT,
  PRODUCER_AT,
} from '../record-batch.js';

const NO_PRODUCER = -1n;
const NULL = -1;
/** No transaction, acks, timeout, number of topics. */
const REQUEST_BYTES = 2 + 2 + 4 + 4;
/** Of a topic without its name, and of a partition without its batch. */
const [TOPIC_BYTES, PARTITION_BYTES] = [2 + 4, 4 + 4] as const;

interface Batch {
  readonly partition: number;
  readonly records: readonly MeasuredRecord[];
  readonly bytes: number;
}

interface MeasuredRecord {
  readonly key: HeaderValue | null | undefined;
  readonly value: HeaderValue | null;
  /** Names and values in turn. */
  readonly headers: readonly HeaderValue[];
  readonly bytes: number;
}

/**
 * The body of a produce request, versions 3 to 7, as kafkajs encodes it, in one buffer of its size. It knows no compression,
 * transactions and sequences, and all messages are of now.
 * @param room bytes that are left free in front of it
 * @throws TypeError for a header that is neither text nor bytes, as kafkajs does
 */
export function encodeProduce({ acks, timeout, topicData }: ProduceRequest, room = 0): Buffer {
  const topics = topicData.map(({ topic, partitions }) => ({ topic, batches: partitions.map(measureBatch) }));
  let bytes = room + REQUEST_BYTES;
  for (const { topic, batches } of topics) {
    bytes += TOPIC_BYTES + Buffer.byteLength(topic);
    for (const batch of batches) bytes += PARTITION_BYTES + batch.bytes;
  }
  const writer = new Writer(bytes, room);
  writer.int16(NULL);
  writer.int16(acks);
  writer.int32(timeout);
  writer.int32(topics.length);
  for (const { topic, batches } of topics) {
    writer.int16(Buffer.byteLength(topic));
    writer.raw(topic);
    writer.int32(batches.length);
    for (const batch of batches) writeBatch(writer, batch);
  }
  return writer.data;
}

function measureBatch({ partition, messages }: PartitionData): Batch {
  let bytes = HEADER_BYTES;
  const records = messages.map((message, offsetDelta) => {
    const record = measureRecord(message, offsetDelta);
    bytes += varintBytes(record.bytes) + record.bytes;
    return record;
  });
  return { partition, records, bytes };
}

function measureRecord({ key, value, headers = {} }: MessageToSend, offsetDelta: number): MeasuredRecord {
  const fields: HeaderValue[] = [];
  for (const [name, given] of Object.entries(headers)) {
    if (isHeaderValue(given)) fields.push(name, given);
    else for (const one of given) fields.push(name, assertValue(one));
  }
  let bytes = 1 + varintBytes(0) + varintBytes(offsetDelta) + fieldBytes(key) + fieldBytes(value);
  bytes += varintBytes(fields.length / 2);
  for (const field of fields) bytes += fieldBytes(field);
  return { key, value, headers: fields, bytes };
}

function writeBatch(writer: Writer, { partition, records, bytes }: Batch): void {
  writer.int32(partition);
  writer.int32(bytes);
  const batch = writer.data.subarray(writer.at, writer.at + bytes);
  const now = BigInt(Date.now());
  batch.fill(0, 0, HEADER_BYTES);
  batch.writeInt32BE(bytes - LENGTH_END, LENGTH_AT);
  batch.writeInt8(2, MAGIC_AT);
  batch.writeInt32BE(records.length - 1, LAST_DELTA_AT);
  batch.writeBigInt64BE(now, FIRST_TIMESTAMP_AT);
  batch.writeBigInt64BE(now, MAX_TIMESTAMP_AT);
  batch.writeBigInt64BE(NO_PRODUCER, PRODUCER_AT);
  batch.writeInt32BE(records.length, COUNT_AT);
  writer.at += HEADER_BYTES;
  for (const [offsetDelta, record] of records.entries()) writeRecord(writer, record, offsetDelta);
  batch.writeUInt32BE(crc32c(batch.subarray(ATTRIBUTES_AT)), CRC_AT);
}

function writeRecord(writer: Writer, { key, value, headers, bytes }: MeasuredRecord, offsetDelta: number): void {
  writer.varint(bytes);
  writer.byte(0); // attributes
  writer.varint(0); // difference of the timestamp
  writer.varint(offsetDelta);
  writer.field(key);
  writer.field(value);
  writer.varint(headers.length / 2);
  for (const field of headers) writer.field(field);
}

function assertValue(value: HeaderValue): HeaderValue {
  if (!isHeaderValue(value)) throw new TypeError('A header must be a string or a Buffer'); // types end where JavaScript begins
  return value;
}

/** Text or bytes behind their length, which is -1 where there are none. */
function fieldBytes(field: HeaderValue | null | undefined): number {
  if (field === null || field === undefined) return varintBytes(NULL);
  const bytes = Buffer.byteLength(field);
  return varintBytes(bytes) + bytes;
}

/** Of a varint in zigzag: 0, -1, 1, -2, … */
function varintBytes(value: number): number {
  if (value < 1 << 6) return 1;
  if (value < 1 << 13) return 2;
  if (value < 1 << 20) return 3;
  return value < 1 << 27 ? 4 : 5;
}

class Writer {
  readonly data: Buffer;

  constructor(
    bytes: number,
    public at: number,
  ) {
    this.data = Buffer.allocUnsafe(bytes);
  }

  byte(value: number): void {
    this.data[this.at++] = value;
  }

  int16(value: number): void {
    this.at = this.data.writeInt16BE(value, this.at);
  }

  int32(value: number): void {
    this.at = this.data.writeInt32BE(value, this.at);
  }

  varint(value: number): void {
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    for (; rest > 0x7f; rest >>>= 7) this.byte((rest & 0x7f) | 0x80);
    this.byte(rest);
  }

  field(field: HeaderValue | null | undefined): void {
    if (field === null || field === undefined) {
      this.varint(NULL);
      return;
    }
    this.varint(Buffer.byteLength(field));
    this.raw(field);
  }

  raw(field: HeaderValue): void {
    if (typeof field === 'string') this.at += this.data.write(field, this.at);
    else {
      this.data.set(field, this.at);
      this.at += field.length;
    }
  }
}
