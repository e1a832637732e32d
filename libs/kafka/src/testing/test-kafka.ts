import type { Broker, TopicDefaults } from '@waybill/messaging';

import { kafkaBroker } from '../kafka-broker.js';
import type { KafkaOptions } from '../kafka-options.js';

export interface TestKafkaOptions extends Partial<KafkaOptions>, Partial<TopicDefaults> {
  readonly brokers: readonly string[];
}

/** A {@link Broker} for a spec, which logs nothing. */
export function testKafka({ partitions = 6, retentionMs, ...options }: TestKafkaOptions): Broker {
  return kafkaBroker({ clientId: 'test', ...options })({ partitions, retentionMs }, silent);
}

const silent = { error: () => {}, warn: () => {}, debug: () => {} };
