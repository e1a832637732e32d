import type { Headers } from '../broker.js';
import type { Envelope } from '../envelope.js';

/** Header names of CloudEvents 1.0, Kafka protocol binding, binary mode. */
const SPEC_VERSION = 'ce_specversion';
const ID = 'ce_id';
const SOURCE = 'ce_source';
const TYPE = 'ce_type';
const SUBJECT = 'ce_subject';
const TIME = 'ce_time';
const CORRELATION_ID = 'ce_correlationid';
const CAUSATION_ID = 'ce_causationid';
const PARTITION_KEY = 'ce_partitionkey';
const TRACEPARENT = 'traceparent';
const CONTENT_TYPE = 'content-type';

/** The headers of a message; the record's value is the JSON data alone. */
export function encodeEnvelope(envelope: Envelope, key: string | null): Headers {
  const headers: Record<string, string> = {
    [SPEC_VERSION]: '1.0',
    [ID]: envelope.id,
    [SOURCE]: envelope.source,
    [TYPE]: envelope.type,
    [TIME]: envelope.time,
    [CONTENT_TYPE]: 'application/json',
    [CORRELATION_ID]: envelope.correlationId,
  };
  if (envelope.subject !== undefined) headers[SUBJECT] = envelope.subject;
  if (envelope.causationId !== undefined) headers[CAUSATION_ID] = envelope.causationId;
  if (envelope.traceparent !== undefined) headers[TRACEPARENT] = envelope.traceparent;
  if (key !== null) headers[PARTITION_KEY] = key;
  return headers;
}

/** What could be read of the envelope; a foreign record may have none of it. */
export interface ReadEnvelope {
  readonly id: string | undefined;
  readonly source: string | undefined;
  readonly type: string | undefined;
  readonly subject: string | undefined;
  readonly time: string | undefined;
  readonly correlationId: string | undefined;
  readonly causationId: string | undefined;
  readonly traceparent: string | undefined;
}

/** Never throws, whatever the headers hold: what isn't usable text is `undefined`. */
export function decodeEnvelope(headers: Headers): ReadEnvelope {
  return {
    id: text(headers[ID]),
    source: text(headers[SOURCE]),
    type: text(headers[TYPE]),
    subject: text(headers[SUBJECT]),
    time: text(headers[TIME]),
    correlationId: text(headers[CORRELATION_ID]),
    causationId: text(headers[CAUSATION_ID]),
    traceparent: text(headers[TRACEPARENT] ?? headers['ce_traceparent']),
  };
}

const MAX_LENGTH = 1024;
/** Control characters, lone surrogates, and what stands for bytes that aren't UTF-8. */
const UNUSABLE = /[\p{Cc}\p{Cs}\uFFFD]/u;

/** Text that PostgreSQL, a log and a header can all carry. */
function text(value: Buffer | string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const decoded = typeof value === 'string' ? value : value.toString('utf8');
  return decoded.length === 0 || decoded.length > MAX_LENGTH || UNUSABLE.test(decoded) ? undefined : decoded;
}
