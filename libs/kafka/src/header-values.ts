import type { Headers, HeaderValue } from '@waybill/messaging';

/** The headers of a record as they come on the wire, one that is repeated under its name. One without a value says nothing. */
export function headersOf(entries: Iterable<readonly [name: string, value: HeaderValue | null | undefined]>): Headers {
  const headers = new Map<string, HeaderValue | HeaderValue[]>();
  for (const [name, value] of entries) {
    if (value === null || value === undefined) continue;
    const known = headers.get(name);
    if (known === undefined) headers.set(name, value);
    else if (isHeaderValue(known)) headers.set(name, [known, value]);
    else known.push(value);
  }
  return Object.fromEntries(headers);
}

export function isHeaderValue(value: unknown): value is HeaderValue {
  return typeof value === 'string' || Buffer.isBuffer(value);
}
