import { parseRfc3339 } from '@waybill/observability';

import type { Headers, HeaderValue } from '../broker.js';
import type { Envelope } from '../envelope.js';
import { headerValue } from './header-values.js';

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
export function encodeEnvelope(envelope: Envelope, key: string | null): Readonly<Record<string, string>> {
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
  /** RFC 3339 in UTC, to the millisecond; `null` where there is one that can't be read. */
  readonly time: string | null | undefined;
  readonly correlationId: string | undefined;
  readonly causationId: string | undefined;
  readonly traceparent: string | undefined;
}

/** Never throws, whatever the headers hold: what isn't usable text is `undefined`. */
export function decodeEnvelope(headers: Headers): ReadEnvelope {
  return {
    id: text(headerValue(headers, ID)),
    source: text(headerValue(headers, SOURCE)),
    type: text(headerValue(headers, TYPE)),
    subject: text(headerValue(headers, SUBJECT)),
    time: timeOf(headerValue(headers, TIME)),
    correlationId: text(headerValue(headers, CORRELATION_ID)),
    causationId: text(headerValue(headers, CAUSATION_ID)),
    traceparent: text(headerValue(headers, TRACEPARENT) ?? headerValue(headers, 'ce_traceparent')),
  };
}

const MAX_LENGTH = 1024;
/** Control characters, lone surrogates, and what stands for bytes that aren't UTF-8. */
const UNUSABLE = /[\p{Cc}\p{Cs}\uFFFD]/u;

/** Text that PostgreSQL, a log and a header can all carry. */
function text(value: HeaderValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  const decoded = typeof value === 'string' ? value : value.toString('utf8');
  return decoded.length === 0 || decoded.length > MAX_LENGTH || UNUSABLE.test(decoded) ? undefined : decoded;
}

function timeOf(value: HeaderValue | undefined): ReadEnvelope['time'] {
  return value === undefined ? undefined : (parseRfc3339(text(value) ?? '')?.toISOString() ?? null);
}
