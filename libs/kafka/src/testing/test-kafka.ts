import type { Broker, TopicDefaults } from '@waybill/messaging';

import { kafkaBroker } from '../kafka-broker.js';
import { KAFKA_CLIENTS } from '../kafka-options.js';
import type { KafkaOptions } from '../kafka-options.js';

export interface TestKafkaOptions extends Partial<KafkaOptions>, Partial<TopicDefaults> {
  readonly brokers: readonly string[];
}

/** Which client specs use that aren't about one of them. */
export const testedClient = KAFKA_CLIENTS.find((client) => client === process.env['KAFKA_CLIENT']) ?? 'kafkajs';

/** Apache Kafka elects a new topic's leaders in a second, and in half a minute on a machine that other specs keep busy. */
const STARTS_WITHIN_MS = 120_000;

/** A {@link Broker} for a spec, which logs nothing. */
export function testKafka({ partitions = 6, retentionMs, ...options }: TestKafkaOptions): Broker {
  return kafkaBroker({ clientId: 'test', client: testedClient, startTimeoutMs: STARTS_WITHIN_MS, ...options })(
    { partitions, retentionMs },
    silent,
  );
}

const silent = { error: () => {}, warn: () => {}, debug: () => {} };
