import type { Headers, HeaderValue } from '@waybill/messaging';
import type { IHeaders } from 'kafkajs';

/**
 * kafkajs gives a repeated header as an array, and one that is named like something that every object has (`constructor`)
 * as an array with that in it. A header without a value says nothing.
 */
export function headersOf(given: IHeaders | undefined): Headers {
  const headers = Object.entries(given ?? {}).flatMap(([name, value]): [string, Headers[string]][] => {
    const [first, ...more] = (Array.isArray(value) ? value : [value]).filter(isHeaderValue);
    if (first === undefined) return [];
    return [[name, more.length === 0 ? first : [first, ...more]]];
  });
  return Object.fromEntries(headers);
}

/** In the arrays that kafkajs' types ask for. */
export function toKafka(headers: Headers): IHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isHeaderValue(value) ? value : [...value]]),
  );
}

function isHeaderValue(value: unknown): value is HeaderValue {
  return typeof value === 'string' || Buffer.isBuffer(value);
}
