import type { Headers } from '@waybill/messaging';

/** Headers as bytes that lose nothing: values may be any bytes, so they travel as base64 in JSON. */
export function encodeHeaders(headers: Headers): Buffer {
  const entries = Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
  return Buffer.from(JSON.stringify(entries));
}

export function decodeHeaders(bytes: Buffer): Headers {
  // Written by encodeHeaders only.
  const entries = JSON.parse(bytes.toString()) as readonly [string, string][];
  return Object.fromEntries(entries.map(([name, value]) => [name, Buffer.from(value, 'base64')]));
}
