import type { PayloadReference, RecordToPublish } from '@waybill/messaging';
import { encodeEnvelope, encodeReference } from '@waybill/messaging';

import type { OutboxRow } from './outbox-row.js';

/** Not null: a record without a value is a tombstone. */
const ELSEWHERE = Buffer.alloc(0);

/**
 * The record that a row becomes. Without a timestamp: the broker's clock at publishing counts, not the row's age.
 * @param reference travels instead of the payload.
 */
export function toRecord(row: OutboxRow, reference?: PayloadReference): RecordToPublish {
  const envelope = {
    id: row.id,
    source: row.source,
    type: row.type,
    time: row.time,
    correlationId: row.correlationid,
    ...(row.subject === null ? {} : { subject: row.subject }),
    ...(row.causationid === null ? {} : { causationId: row.causationid }),
    ...(row.traceparent === null ? {} : { traceparent: row.traceparent }),
  };
  const headers = encodeEnvelope(envelope, row.key === null ? null : row.key.toString());
  if (reference === undefined) return { topic: row.topic, key: row.key, value: row.payload, headers };
  return { topic: row.topic, key: row.key, value: ELSEWHERE, headers: { ...headers, ...encodeReference(reference) } };
}
