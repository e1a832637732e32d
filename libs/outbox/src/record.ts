import type { RecordToPublish } from '@waybill/messaging';
import { encodeEnvelope } from '@waybill/messaging';

import type { OutboxRow } from './outbox-row.js';

/** The record that a row becomes. Without a timestamp: the broker's clock at publishing counts, not the row's age. */
export function toRecord(row: OutboxRow): RecordToPublish {
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
  return { topic: row.topic, key: row.key, value: row.payload, headers };
}
