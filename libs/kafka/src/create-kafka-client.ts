import type { BrokerLog } from '@waybill/messaging';
import { Kafka, logLevel } from 'kafkajs';
import type { RetryOptions } from 'kafkajs';

import { registerCodecs } from './codecs.js';
import { kafkaLogCreator } from './kafka-logger.js';
import { endLongPollsEarly } from './long-polls.js';
import { tellLostPositions } from './lost-positions.js';
import { stopIdleTimers } from './stop-idle-timers.js';
import { isolateUnreadableBatches } from './unreadable-batches.js';

export interface KafkaOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Put before every topic and group name, on the wire only: keeps deployments that share brokers apart. @default none */
  readonly topicPrefix?: string;
  /** How long to try to reach the brokers, in milliseconds; then a start continues without them. @default 5000 */
  readonly startTimeoutMs?: number;
  /** Without a sign of life for so long a consumer loses its lanes, in milliseconds. @default 10000 */
  readonly sessionTimeoutMs?: number;
  /** How often a consumer looks for partitions that were added, in milliseconds. @default 30000 */
  readonly metadataMaxAgeMs?: number;
  /** Replicas of created topics; `-1` = the brokers' default. @default -1 */
  readonly replicationFactor?: number;
}

/** kafkajs chooses other retries where NODE_ENV is `test`; ours are the same everywhere. */
export const KAFKA_RETRY: RetryOptions = {
  initialRetryTime: 100,
  maxRetryTime: 2_000,
  factor: 0.2,
  multiplier: 2,
  retries: 5,
};

/** The one place that makes a kafkajs client. */
export function createKafkaClient({ brokers, clientId }: KafkaOptions, log: BrokerLog): Kafka {
  stopIdleTimers();
  endLongPollsEarly();
  registerCodecs();
  isolateUnreadableBatches();
  tellLostPositions();
  return new Kafka({
    brokers: [...brokers],
    clientId,
    retry: KAFKA_RETRY,
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    logLevel: logLevel.INFO,
    logCreator: kafkaLogCreator(log),
  });
}
