import { createHash } from 'node:crypto';

import { MsgHdrsImpl } from '@nats-io/transport-node';
import type { MsgHdrs } from '@nats-io/transport-node';
import { headerValues } from '@waybill/messaging';
import type { Headers, HeaderValue, RecordToPublish } from '@waybill/messaging';

const KEY = 'Waybill-Key';
const KEY_BASE64 = 'Waybill-Key-Base64';
const NO_VALUE = 'Waybill-No-Value';
/** `<name>.<value>`, both in base64: what NATS can't have in a header, or what it would take for its own. */
const HEADER_BASE64 = 'Waybill-Header-Base64';

/** Nothing may pass for an instruction to the server (`Nats-Rollup`, `Nats-Expected-…`), nor for ours. */
const PLAIN_NAME = /^(?!nats-|waybill-|kv-)[A-Za-z0-9_.-]+$/i;
const PLAIN_VALUE = /^(?! )[\x20-\x7e]*(?<! )$/;

export interface NatsMessage {
  readonly payload: Uint8Array;
  readonly headers: MsgHdrsImpl;
  /** Two records have the same one only where they are the same, byte by byte. Absent: nothing says that a repetition isn't meant. */
  readonly id: string | undefined;
  readonly bytes: number;
}

/** What was published, as it comes back. */
export interface ReadRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
}

const NOTHING = new Uint8Array(0);

/**
 * Text stays text, so that `nats` shows it; any other bytes are kept in base64. All of it is known to be fit for a header, so the client isn't asked to check it again.
 */
export function toMessage({ key, value, headers }: RecordToPublish): NatsMessage {
  const message = new MsgHdrsImpl();
  const written = message.headers;
  if (key !== null) {
    const text = plainText(key);
    if (text === undefined) written.set(KEY_BASE64, [key.toString('base64')]);
    else written.set(KEY, [text]);
  }
  if (value === null) written.set(NO_VALUE, ['1']);
  const encoded: string[] = [];
  for (const name of Object.keys(headers)) {
    const values = headerValues(headers, name);
    const texts = PLAIN_NAME.test(name) ? values.flatMap((each) => plainText(each) ?? []) : [];
    if (texts.length === values.length) written.set(name, texts);
    else for (const each of values) encoded.push(`${toBase64(name)}.${toBase64(each)}`);
  }
  if (encoded.length > 0) written.set(HEADER_BASE64, encoded);
  const head = message.encode();
  const id = headerValues(headers, 'ce_id').at(-1);
  return {
    payload: value ?? NOTHING,
    headers: message,
    id: id === undefined ? undefined : digestOf(head, value),
    bytes: head.length + (value?.length ?? 0),
  };
}

export function fromMessage(payload: Uint8Array, headers: MsgHdrs | undefined): ReadRecord {
  const read = new Map<string, HeaderValue[]>();
  let key: Buffer | null = null;
  let value: Buffer | null = Buffer.from(payload);
  for (const [name, values] of headers ?? []) {
    const [first = ''] = values;
    if (name === KEY) key = Buffer.from(first);
    else if (name === KEY_BASE64) key = Buffer.from(first, 'base64');
    else if (name === NO_VALUE) value = null;
    else if (name === HEADER_BASE64) for (const each of values) addEncoded(read, each);
    else if (!/^nats-/i.test(name)) add(read, name, values);
  }
  const own = [...read].map(([name, values]) => [name, values.length === 1 && values[0] ? values[0] : values] as const);
  return { key, value, headers: Object.fromEntries(own) };
}

function addEncoded(read: Map<string, HeaderValue[]>, encoded: string): void {
  const [name = '', value = ''] = encoded.split('.');
  add(read, Buffer.from(name, 'base64').toString(), [Buffer.from(value, 'base64')]);
}

function add(read: Map<string, HeaderValue[]>, name: string, values: readonly HeaderValue[]): void {
  const known = read.get(name);
  if (known) known.push(...values);
  else read.set(name, [...values]);
}

function plainText(value: HeaderValue): string | undefined {
  const text = typeof value === 'string' ? value : value.toString('latin1');
  return PLAIN_VALUE.test(text) ? text : undefined;
}

function toBase64(value: HeaderValue): string {
  return Buffer.from(value).toString('base64');
}

function digestOf(head: Uint8Array, value: Buffer | null): string {
  const hash = createHash('sha256').update(head);
  if (value !== null) hash.update(value);
  return hash.digest('base64url').slice(0, 32);
}
