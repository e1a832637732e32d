import type { BrokerRecord, Lane } from '@waybill/messaging';
import type { KafkaMessage } from 'kafkajs';

import { headersOf } from './header-values.js';

/** A record as the port has it, byte by byte. */
export function toRecord({ topic, partition }: Lane, message: KafkaMessage): BrokerRecord {
  return {
    topic,
    partition,
    position: message.offset,
    key: message.key,
    value: message.value,
    headers: headersOf(message.headers),
    timestampMs: Number(message.timestamp),
  };
}
