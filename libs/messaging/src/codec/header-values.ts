import type { Headers, HeaderValue } from '../broker.js';

/** All values of a header, in their order; none where there is no such header. */
export function headerValues(headers: Headers, name: string): readonly HeaderValue[] {
  const values = headers[name];
  if (values === undefined) return [];
  return typeof values === 'string' || Buffer.isBuffer(values) ? [values] : values;
}

/** Of a header that is repeated the last value counts. */
export function headerValue(headers: Headers, name: string): HeaderValue | undefined {
  const values = headers[name];
  return values === undefined || typeof values === 'string' || Buffer.isBuffer(values) ? values : values.at(-1);
}
