import { headerValues } from '@waybill/messaging';
import type { Headers } from '@waybill/messaging';

/** Headers as bytes that lose nothing: an entry for each value, which may be any bytes, so it travels as base64 in JSON. */
export function encodeHeaders(headers: Headers): Buffer {
  const entries = Object.keys(headers).flatMap((name) =>
    headerValues(headers, name).map((value) => [name, Buffer.from(value).toString('base64')]),
  );
  return Buffer.from(JSON.stringify(entries));
}

/** Of what was stored by any release: earlier ones kept one value of each header. */
export function decodeHeaders(bytes: Buffer): Headers {
  // Written by encodeHeaders only.
  const entries = JSON.parse(bytes.toString()) as readonly [string, string][];
  const values = new Map<string, Buffer[]>();
  for (const [name, value] of entries) {
    values.set(name, [...(values.get(name) ?? []), Buffer.from(value, 'base64')]);
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? (all[0] ?? []) : all]));
}
