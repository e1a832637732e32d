import type { HeaderValue } from '@waybill/messaging';
import type { IHeaders, KafkaMessage } from 'kafkajs';

import { headersOf, isHeaderValue } from '../header-values.js';
import type { ConsumedRecord } from '../kafka-client.js';

/** A record, byte by byte. */
export function toRecord({ offset, key, value, headers, timestamp }: KafkaMessage): ConsumedRecord {
  return { offset, key, value, headers: headersOf(entriesOf(headers)), timestampMs: Number(timestamp) };
}

/**
 * kafkajs gives a repeated header as an array, and one that is named like something that every object has (`constructor`)
 * as an array with that in it.
 */
export function* entriesOf(given: IHeaders | undefined): Iterable<readonly [string, HeaderValue]> {
  for (const [name, value] of Object.entries(given ?? {})) {
    if (isHeaderValue(value)) yield [name, value];
    else if (Array.isArray(value)) for (const one of value) if (isHeaderValue(one)) yield [name, one];
  }
}
