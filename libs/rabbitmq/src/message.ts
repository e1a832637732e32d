import { isUtf8 } from 'node:buffer';

import { headerValues } from '@waybill/messaging';
import type { BrokerRecord, Headers, HeaderValue, Lane, RecordToPublish } from '@waybill/messaging';
import type { Message, Options } from 'amqplib';

const KEY = 'waybill-key';
const KEY_BASE64 = 'waybill-key-base64';
const VALUE = 'waybill-value';
/** Headers that AMQP would change or understand: `{"name": ["base64", …]}`. */
const OTHERS = 'waybill-headers';
const CARD = 'waybill-card';
/** As RabbitMQ's own plug-in for timestamps calls it. AMQP's property counts seconds. */
const TIME = 'timestamp_in_ms';
const OFFSET = 'x-stream-offset';

/** A string under such a name comes back as it was. `x-` is the broker's, and it takes CC and BCC for addresses. */
const PLAIN_NAME = /^(?!x-|waybill-|b?cc$|timestamp_in_ms$)[a-z0-9][a-z0-9_.-]{0,99}$/i;

/** What AMQP can carry of headers in one frame. */
export const MAX_HEADER_BYTES = 60_000;

export interface OutgoingMessage {
  readonly content: Buffer;
  readonly properties: Options.Publish;
}

/** @param id tells this message from every other one, for ever */
export function toMessage(record: RecordToPublish, id: string, now = Date.now()): OutgoingMessage {
  const { key, value } = record;
  const plain = new Map<string, string | number>([[TIME, now]]);
  const others = new Map<string, readonly string[]>();
  for (const [name, header] of Object.entries(record.headers)) {
    if (typeof header === 'string' && PLAIN_NAME.test(name)) plain.set(name, header);
    else others.set(name, headerValues(record.headers, name).map(encode));
  }
  if (others.size > 0) plain.set(OTHERS, JSON.stringify(Object.fromEntries(others)));
  if (key !== null) plain.set(isUtf8(key) ? KEY : KEY_BASE64, key.toString(isUtf8(key) ? 'utf8' : 'base64'));
  if (value === null) plain.set(VALUE, 'none');
  const contentType = plain.get('content-type');
  return {
    content: value ?? Buffer.alloc(0),
    properties: {
      persistent: true,
      messageId: id,
      timestamp: Math.floor(now / 1_000),
      headers: Object.fromEntries(plain),
      ...(typeof contentType === 'string' && contentType.length < 256 && { contentType }),
    },
  };
}

/** How much of a frame the headers of a record take, about. */
export function headerBytes({ properties }: OutgoingMessage): number {
  return Object.entries<unknown>(properties.headers).reduce<number>(
    (sum, [name, value]) => sum + name.length + Buffer.byteLength(String(value)) + 6,
    0,
  );
}

/** What a stream has stored. */
export interface StoredMessage {
  readonly offset: number;
  readonly id: string | undefined;
  readonly timestampMs: number | undefined;
  readonly card: string | undefined;
  readonly message: Message;
}

export function stored(message: Message): StoredMessage {
  const headers = headersOf(message);
  const { messageId, timestamp } = message.properties as { readonly messageId?: unknown; readonly timestamp?: unknown };
  const [timeMs, card] = [headers[TIME], headers[CARD]];
  return {
    offset: Number(headers[OFFSET]),
    id: typeof messageId === 'string' ? messageId : undefined,
    timestampMs: typeof timeMs === 'number' ? timeMs : typeof timestamp === 'number' ? timestamp * 1_000 : undefined,
    card: typeof card === 'string' ? card : undefined,
    message,
  };
}

/** The first record of each of our streams: an empty stream can't be told from one that doesn't answer yet. */
export function toCard(card: string, id: string): OutgoingMessage {
  return { content: Buffer.alloc(0), properties: { persistent: true, messageId: id, headers: { [CARD]: card } } };
}

/** A lane's first record is its card, so its positions begin at 0 with the record behind it. */
export const positionOf = (offset: number): number => Math.max(offset - 1, 0);
export const offsetOf = (position: number): number => position + 1;

export function toRecord(lane: Lane, { offset, timestampMs, message }: StoredMessage): BrokerRecord {
  const given = headersOf(message);
  return {
    ...lane,
    position: String(positionOf(offset)),
    key: keyOf(given),
    value: given[VALUE] === 'none' ? null : message.content,
    headers: recordHeaders(message, given),
    timestampMs: timestampMs ?? Date.now(),
  };
}

function keyOf(given: Readonly<Record<string, unknown>>): Buffer | null {
  const [plain, base64] = [given[KEY], given[KEY_BASE64]];
  if (typeof plain === 'string') return Buffer.from(plain);
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64') : null;
}

/** Of another sender's message, too: numbers and the like become text. */
function recordHeaders(message: Message, given: Readonly<Record<string, unknown>>): Headers {
  const headers = new Map<string, HeaderValue | readonly HeaderValue[]>();
  const { contentType } = message.properties as { readonly contentType?: unknown };
  if (typeof contentType === 'string') headers.set('content-type', contentType);
  for (const [name, value] of Object.entries(given)) {
    if (!PLAIN_NAME.test(name) || value === null || value === undefined) continue;
    headers.set(name, typeof value === 'string' || Buffer.isBuffer(value) ? value : textOf(value));
  }
  for (const [name, values] of Object.entries(othersOf(given[OTHERS]))) {
    const buffers = values.map((value) => Buffer.from(value, 'base64'));
    const [only] = buffers;
    headers.set(name, only !== undefined && buffers.length === 1 ? only : buffers);
  }
  return Object.fromEntries(headers);
}

function othersOf(text: unknown): Readonly<Record<string, readonly string[]>> {
  try {
    const parsed: unknown = typeof text === 'string' ? JSON.parse(text) : undefined;
    const entries = typeof parsed === 'object' && parsed !== null ? Object.entries<unknown>({ ...parsed }) : [];
    return Object.fromEntries(
      entries.flatMap(([name, values]) => {
        const strings = Array.isArray(values) ? values.filter((value) => typeof value === 'string') : [];
        return strings.length > 0 ? [[name, strings]] : [];
      }),
    );
  } catch {
    return {}; // not ours, or damaged: a message without them says itself what it lacks
  }
}

function textOf(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}

function encode(value: HeaderValue): string {
  return (typeof value === 'string' ? Buffer.from(value) : value).toString('base64');
}

/** The library types them as anything at all. */
function headersOf(message: Message): Readonly<Record<string, unknown>> {
  return message.properties.headers ?? {};
}
