import type { Headers } from '@waybill/messaging';
import type { IHeaders } from 'kafkajs';

/** kafkajs gives a repeated header as an array; the last value counts. */
export function lastHeaderValues(headers: IHeaders | undefined): Headers {
  const result: Record<string, Buffer | string> = {};
  for (const name in headers) {
    const given = headers[name];
    const value = Array.isArray(given) ? given.at(-1) : given;
    if (value !== undefined && value !== null) result[name] = value;
  }
  return result;
}
