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
export function entriesOf(given: IHeaders | undefined): readonly (readonly [string, HeaderValue])[] {
  const entries = Object.entries(given ?? {});
  return entries.every(isSingle)
    ? entries
    : entries.flatMap(([name, value]) =>
        (Array.isArray(value) ? value : [value]).filter(isHeaderValue).map((one) => [name, one] as const),
      );
}

/** Nearly all are. */
function isSingle(entry: [string, unknown]): entry is [string, HeaderValue] {
  return isHeaderValue(entry[1]);
}
