import type { HeaderValue } from '@waybill/messaging';
import type { IHeaders } from 'kafkajs';

import { addHeader } from '../header-values.js';
import {
  APPEND_TIME,
  ATTRIBUTES_AT,
  CONTROL,
  COUNT_AT,
  FIRST_TIMESTAMP_AT,
  HEADER_BYTES,
  MAX_TIMESTAMP_AT,
  PRODUCER_AT,
  TRANSACTIONAL,
} from '../record-batch.js';

/** Records and headers of a batch. Compression makes millions of them small, and reading them would hold up the process and fill its memory. */
export const MOST_FIELDS = 1_000_000;

interface ReadRecords {
  readonly records: readonly ReadRecord[];
  /** The records and their headers. */
  readonly fields: number;
}

interface ReadRecord {
  readonly offset: string;
  readonly timestamp: string;
  readonly attributes: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

/**
 * The records of a batch without compression, with all of them that kafkajs or we look at. kafkajs' decoder makes the same of it, but
 * with two decoders a record, and each header copies those before it: a record of many headers would hold up the process for minutes.
 * @param batch a whole one, of format 2
 * @throws Error when a record is damaged, or there are more of them and their headers than a batch may have
 */
export function readRecords(batch: Buffer): ReadRecords {
  const attributes = batch.readInt16BE(ATTRIBUTES_AT);
  const firstOffset = batch.readBigInt64BE(0);
  const firstTimestamp = batch.readBigInt64BE(FIRST_TIMESTAMP_AT);
  const appended = (attributes & APPEND_TIME) === 0 ? undefined : String(batch.readBigInt64BE(MAX_TIMESTAMP_AT));
  const isControlRecord = (attributes & CONTROL) !== 0;
  const inTransaction = (attributes & TRANSACTIONAL) !== 0;
  const batchContext = { producerId: String(batch.readBigInt64BE(PRODUCER_AT)), inTransaction };
  const count = batch.readInt32BE(COUNT_AT);
  if (count < 0) throw new Error(`${count} records`);
  const reader = new RecordReader(batch);
  reader.count(count);
  const records: ReadRecord[] = [];
  while (records.length < count) {
    reader.enter();
    const recordAttributes = reader.int8();
    const created = firstTimestamp + reader.varlong();
    records.push({
      attributes: recordAttributes,
      timestamp: appended ?? String(created),
      offset: String(firstOffset + BigInt(reader.varint())),
      key: reader.bytes(),
      value: reader.bytes(),
      headers: reader.headers(),
      isControlRecord,
      batchContext,
    });
    reader.leave();
  }
  reader.end();
  return { records, fields: reader.fields };
}

class RecordReader {
  #at = HEADER_BYTES;
  /** Of the record. */
  #end = 0;
  #fields = 0;

  constructor(private readonly batch: Buffer) {}

  enter(): void {
    const bytes = this.varint();
    this.#end = this.#at + bytes;
    if (bytes < 0 || this.#end > this.batch.length) throw new Error('a record is longer than its batch');
  }

  get fields(): number {
    return this.#fields;
  }

  count(fields: number): void {
    this.#fields += fields;
    if (this.#fields > MOST_FIELDS) throw new Error(`it has more than ${MOST_FIELDS} records and headers`);
  }

  leave(): void {
    if (this.#at !== this.#end) throw new Error('a record does not end where it says');
  }

  /** A count that is too low would lose the others without a word. */
  end(): void {
    if (this.#at !== this.batch.length) throw new Error('a batch has more records than it says');
  }

  int8(): number {
    return (this.#byte() << 24) >> 24;
  }

  varint(): number {
    const first = this.#byte();
    if (first < 0x80) return (first >>> 1) ^ -(first & 1);
    let zigzag = first & 0x7f;
    for (let shift = 7; shift < 35; shift += 7) {
      const byte = this.#byte();
      zigzag |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (zigzag >>> 1) ^ -(zigzag & 1);
    }
    throw new Error('a number is longer than 32 bits');
  }

  varlong(): bigint {
    let zigzag = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      zigzag |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, (zigzag >> 1n) ^ -(zigzag & 1n));
    }
    throw new Error('a number is longer than 64 bits');
  }

  bytes(): Buffer | null {
    const length = this.#skipField();
    return length === -1 ? null : this.batch.subarray(this.#at - length, this.#at);
  }

  text(): string {
    const length = this.#skipField();
    if (length === -1) throw new Error('a header has no name');
    return this.batch.toString('utf8', this.#at - length, this.#at);
  }

  headers(): IHeaders {
    const headers: Record<string, HeaderValue | HeaderValue[]> = {};
    const count = this.varint();
    if (count < 0) throw new Error(`a record has ${count} headers`);
    this.count(count);
    for (let rest = count; rest > 0; rest--) {
      addHeader(headers, this.text(), this.bytes());
    }
    return headers;
  }

  /** Its length; -1 = null. */
  #skipField(): number {
    const length = this.varint();
    this.#at += Math.max(0, length);
    if (length < -1 || this.#at > this.#end) throw new Error('a field is longer than its record');
    return length;
  }

  /** Behind the batch 0, which no record survives. */
  #byte(): number {
    return this.batch[this.#at++] ?? 0;
  }
}
