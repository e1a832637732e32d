import type { HeaderValue } from '@waybill/messaging';
import type { IHeaders, KafkaMessage } from 'kafkajs';

import { haveOneValueEach, headersOf, isHeaderValue } from '../header-values.js';
import type { ConsumedRecord } from '../kafka-client.js';

/** A record, byte by byte. */
export function toRecord({ offset, key, value, headers = {}, timestamp }: KafkaMessage): ConsumedRecord {
  const ours = haveOneValueEach(headers) ? headers : headersOf(entriesOf(headers));
  return { offset, key, value, headers: ours, timestampMs: Number(timestamp) };
}

/**
 * kafkajs gives a repeated header as an array, and one that is named like something that every object has (`constructor`)
 * as an array with that in it.
 */
export function entriesOf(given: IHeaders | undefined): readonly (readonly [string, HeaderValue])[] {
  return Object.entries(given ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).filter(isHeaderValue).map((one) => [name, one] as const),
  );
}
