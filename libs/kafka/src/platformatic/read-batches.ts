import { crc32c, Reader, readRecordsBatch } from '@platformatic/kafka';
import type { KafkaRecord } from '@platformatic/kafka';
import type { UnreadableRecords } from '@waybill/messaging';

import { headersOf } from '../header-values.js';
import type { ConsumedRecord } from '../kafka-client.js';
import {
  APPEND_TIME,
  assertReadable,
  ATTRIBUTES_AT,
  batchesOf,
  CONTROL,
  lastOffsetOf,
  MAX_TIMESTAMP_AT,
  opened,
  PRODUCER_AT,
  TRANSACTIONAL,
  unreadableRecords,
} from '../record-batch.js';
import type { AbortedTransaction } from './fetch-api.js';

const ABORT = 0;

export interface ReadBatches {
  readonly records: readonly ConsumedRecord[];
  /** Of all that was read, control records and those of aborted transactions included; `undefined` = nothing. */
  readonly lastOffset: bigint | undefined;
  readonly unreadable: UnreadableRecords | undefined;
}

/**
 * Reads the batches of one partition from an offset on, up to the first that can't be read: unknown or broken compression, wrong
 * checksum, damaged records. A tail that the fetch's size limit cut off is left to the next fetch. Never throws.
 */
export async function readBatches(
  data: Buffer,
  from: bigint,
  transactions: readonly AbortedTransaction[],
): Promise<ReadBatches> {
  const aborted = new AbortedProducers(transactions);
  const records: ConsumedRecord[] = [];
  let lastOffset: bigint | undefined;
  for (const batch of batchesOf(data)) {
    try {
      for (const record of await readBatch(batch, aborted)) if (BigInt(record.offset) >= from) records.push(record);
    } catch (error) {
      return { records, lastOffset, unreadable: unreadableRecords(batch, error) }; // nothing may overtake it
    }
    lastOffset = lastOffsetOf(batch);
  }
  return { records, lastOffset, unreadable: undefined };
}

async function readBatch(batch: Buffer, aborted: AbortedProducers): Promise<readonly ConsumedRecord[]> {
  assertReadable(batch, crc32c);
  const attributes = batch.readInt16BE(ATTRIBUTES_AT);
  const { firstOffset, firstTimestamp, records } = readRecordsBatch(Reader.from(await opened(batch)));
  const producer = batch.readBigInt64BE(PRODUCER_AT);
  aborted.reach(lastOffsetOf(batch));
  if ((attributes & CONTROL) !== 0) {
    if (records[0]?.key?.readInt16BE(2) === ABORT) aborted.end(producer);
    return [];
  }
  if ((attributes & TRANSACTIONAL) !== 0 && aborted.has(producer)) return [];
  const appendedMs = (attributes & APPEND_TIME) === 0 ? undefined : Number(batch.readBigInt64BE(MAX_TIMESTAMP_AT));
  return records.map((record) => ({
    offset: String(firstOffset + BigInt(record.offsetDelta)),
    key: record.key ?? null,
    value: record.value ?? null,
    headers: headersOf(headerEntries(record)),
    timestampMs: appendedMs ?? Number(firstTimestamp + record.timestampDelta),
  }));
}

function* headerEntries({ headers }: KafkaRecord): Iterable<readonly [string, Buffer | null]> {
  for (const [name, value] of headers) yield [name?.toString() ?? '', value ?? null];
}

/** Whose records are of a transaction that was aborted, batch by batch: from its first offset up to its end marker. */
class AbortedProducers {
  readonly #ahead: AbortedTransaction[];
  readonly #producers = new Set<bigint>();

  constructor(transactions: readonly AbortedTransaction[]) {
    this.#ahead = transactions.toSorted((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  }

  reach(offset: bigint): void {
    for (let next = this.#ahead[0]; next && next.firstOffset <= offset; next = this.#ahead[0]) {
      this.#producers.add(next.producerId);
      this.#ahead.shift();
    }
  }

  end(producer: bigint): void {
    this.#producers.delete(producer);
  }

  has(producer: bigint): boolean {
    return this.#producers.has(producer);
  }
}
