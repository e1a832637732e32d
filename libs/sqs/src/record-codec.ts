import type { MessageAttributeValue as ToSns } from '@aws-sdk/client-sns';
import type { Message } from '@aws-sdk/client-sqs';
import type { BrokerRecord, HeaderValue, Headers, Lane, RecordToPublish } from '@waybill/messaging';

/** What SNS takes in one request: a message, or several, with their attributes. */
export const REQUEST_BYTES = 262_144;
/** The largest record: the copy that is kept until it is done has some attributes more. */
export const MOST_BYTES = REQUEST_BYTES - 512;

/** One attribute for all that isn't the value: SQS passes on ten at most, and drops a message that has more. */
const HEAD = 'waybill';
/** A copy of that header, so that other subscriptions can filter by it. */
const TYPE = 'ce_type';
const LONGEST_TYPE = 256;
/** SNS refuses an empty text. */
const NOTHING = '-';

export interface EncodedRecord {
  readonly text: string;
  readonly attributes: Readonly<Record<string, ToSns>>;
  /** As SNS counts them. */
  readonly bytes: number;
}

type Encoded = string | { readonly b: string };

interface Head {
  /** The key. */
  readonly k?: Encoded;
  /** What the text is, where it isn't the value itself. */
  readonly v?: 'null' | 'empty' | 'base64';
  readonly h?: Readonly<Record<string, Encoded | readonly Encoded[]>>;
}

export function encode({ key, value, headers }: RecordToPublish): EncodedRecord {
  const { text, v } = encodeValue(value);
  const entries = Object.entries(headers).map(([name, given]) => [
    name,
    isList(given) ? given.map(encodeBytes) : encodeBytes(given),
  ]);
  const head: Head = {
    ...(key === null ? {} : { k: encodeBytes(key) }),
    ...(v === undefined ? {} : { v }),
    ...(entries.length === 0 ? {} : { h: Object.fromEntries(entries) }),
  };
  const json = JSON.stringify(head).replaceAll(/[\uFFFE\uFFFF]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`);
  const type = headers[TYPE] === undefined || isList(headers[TYPE]) ? '' : headers[TYPE].toString();
  const attributes = {
    [HEAD]: attribute(json),
    ...(type !== '' && type.length <= LONGEST_TYPE && isText(type) ? { [TYPE]: attribute(type) } : {}),
  };
  const bytes = Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue }]) => sum + Buffer.byteLength(name + DataType + StringValue),
    Buffer.byteLength(text),
  );
  return { text, attributes, bytes };
}

/** @param number the record's, in its lane. @param sentMs when it was published */
export function decode({ topic, partition }: Lane, number: number, message: Message, sentMs: number): BrokerRecord {
  const head = headOf(message);
  return {
    topic,
    partition,
    position: String(number),
    key: head.k === undefined ? null : toBuffer(decodeOne(head.k)),
    value: decodeValue(head.v, message.Body ?? ''),
    headers: headersOf(head),
    timestampMs: sentMs,
  };
}

function attribute(text: string): { readonly DataType: 'String'; readonly StringValue: string } {
  return { DataType: 'String', StringValue: text };
}

function encodeValue(value: Buffer | null): { readonly text: string; readonly v?: Head['v'] } {
  if (value === null) return { text: NOTHING, v: 'null' };
  if (value.length === 0) return { text: NOTHING, v: 'empty' };
  const text = textOf(value);
  return text === undefined ? { text: value.toString('base64'), v: 'base64' } : { text };
}

function decodeValue(kind: Head['v'], text: string): Buffer | null {
  if (kind === 'null') return null;
  if (kind === 'empty') return Buffer.alloc(0);
  return kind === 'base64' ? Buffer.from(text, 'base64') : Buffer.from(text);
}

/** Text stays text, so that it can be read at AWS; what isn't, is Base64. */
function encodeBytes(value: HeaderValue): Encoded {
  const bytes = toBuffer(value);
  return textOf(bytes) ?? { b: bytes.toString('base64') };
}

function decodeOne(encoded: Encoded): HeaderValue {
  return typeof encoded === 'string' ? encoded : Buffer.from(encoded.b, 'base64');
}

function toBuffer(value: HeaderValue): Buffer {
  return typeof value === 'string' ? Buffer.from(value) : value;
}

/** `undefined`: bytes that aren't text, or that SQS refuses. */
function textOf(bytes: Buffer): string | undefined {
  const text = bytes.toString();
  return isText(text) && Buffer.from(text).equals(bytes) ? text : undefined;
}

function isText(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- they are what SQS takes
  return /^[\u0009\u000A\u000D\u0020-\uD7FF\uE000-\uFFFD]*$/.test(text);
}

function isList(given: HeaderValue | readonly HeaderValue[]): given is readonly HeaderValue[] {
  return Array.isArray(given);
}

/** A message that somebody else has sent has none, and what isn't ours in it counts for nothing. */
function headOf({ MessageAttributes: attributes }: Message): Head {
  try {
    const head: unknown = JSON.parse(attributes?.[HEAD]?.StringValue ?? '{}');
    if (typeof head !== 'object' || head === null) return {};
    const { k, v, h } = head as { readonly k?: unknown; readonly v?: unknown; readonly h?: unknown };
    return {
      ...(isEncoded(k) ? { k } : {}),
      ...(v === 'null' || v === 'empty' || v === 'base64' ? { v } : {}),
      ...(typeof h === 'object' && h !== null ? { h: validHeaders({ ...h }) } : {}),
    };
  } catch {
    return {};
  }
}

function validHeaders(given: Readonly<Record<string, unknown>>): NonNullable<Head['h']> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]): [string, Encoded | readonly Encoded[]][] => {
      if (isEncoded(value)) return [[name, value]];
      return Array.isArray(value) ? [[name, value.filter(isEncoded)]] : [];
    }),
  );
}

function isEncoded(value: unknown): value is Encoded {
  if (typeof value === 'string') return true;
  return typeof value === 'object' && value !== null && 'b' in value && typeof value.b === 'string';
}

function headersOf({ h = {} }: Head): Headers {
  return Object.fromEntries(
    Object.entries(h).map(([name, given]) => [
      name,
      typeof given === 'string' || !Array.isArray(given) ? decodeOne(given as Encoded) : given.map(decodeOne),
    ]),
  );
}
