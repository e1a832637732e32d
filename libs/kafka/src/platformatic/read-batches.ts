import { crc32c, Reader, readRecordsBatch } from '@platformatic/kafka';
import type { KafkaRecord } from '@platformatic/kafka';
import type { UnreadableRecords } from '@waybill/messaging';

import { AbortedProducers } from '../aborted-producers.js';
import type { AbortedTransaction } from '../aborted-producers.js';
import { headersOf } from '../header-values.js';
import type { ConsumedRecord } from '../kafka-client.js';
import {
  APPEND_TIME,
  assertReadable,
  ATTRIBUTES_AT,
  batchesOf,
  lastOffsetOf,
  MAX_TIMESTAMP_AT,
  opened,
  unreadableRecords,
} from '../record-batch.js';

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
  if (aborted.hides(batch, records[0]?.key)) return [];
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
