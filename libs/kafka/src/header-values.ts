import type { Headers, HeaderValue } from '@waybill/messaging';

/** The headers of a record as they come on the wire, one that is repeated under its name. One without a value says nothing. */
export function headersOf(entries: Iterable<readonly [name: string, value: HeaderValue | null | undefined]>): Headers {
  const headers: Record<string, HeaderValue | HeaderValue[]> = {};
  for (const [name, value] of entries) addHeader(headers, name, value);
  return headers;
}

export function addHeader(
  headers: Record<string, HeaderValue | HeaderValue[]>,
  name: string,
  value: HeaderValue | null | undefined,
): void {
  if (value === null || value === undefined) return;
  const known = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (known === undefined) set(headers, name, value);
  else if (isHeaderValue(known)) set(headers, name, [known, value]);
  else known.push(value);
}

/** An assignment to `__proto__` makes no property. */
function set<Value>(object: Record<string, Value>, name: string, value: Value): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

export function isHeaderValue(value: unknown): value is HeaderValue {
  return typeof value === 'string' || Buffer.isBuffer(value);
}

/** Nearly all headers do. */
export function haveOneValueEach(
  headers: Readonly<Record<string, unknown>>,
): headers is Readonly<Record<string, HeaderValue>> {
  return Object.values(headers).every(isHeaderValue);
}
