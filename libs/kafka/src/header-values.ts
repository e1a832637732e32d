import type { Headers, HeaderValue } from '@waybill/messaging';

/** The headers of a record as they come on the wire, one that is repeated under its name. One without a value says nothing. */
export function headersOf(entries: Iterable<readonly [name: string, value: HeaderValue | null | undefined]>): Headers {
  const headers: Record<string, HeaderValue | HeaderValue[]> = {};
  for (const [name, value] of entries) {
    if (value === null || value === undefined) continue;
    const known = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (known === undefined) set(headers, name, value);
    else if (isHeaderValue(known)) set(headers, name, [known, value]);
    else known.push(value);
  }
  return headers;
}

/** An assignment to `__proto__` makes no property. */
function set<Value>(object: Record<string, Value>, name: string, value: Value): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

export function isHeaderValue(value: unknown): value is HeaderValue {
  return typeof value === 'string' || Buffer.isBuffer(value);
}
