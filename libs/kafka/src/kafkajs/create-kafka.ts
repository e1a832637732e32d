import type tls from 'node:tls';

import type { BrokerLog } from '@waybill/messaging';
import { Kafka, logLevel } from 'kafkajs';
import type { RetryOptions } from 'kafkajs';

import type { KafkaOptions, KafkaTls } from '../kafka-options.js';
import { encodeProduceAtOnce } from './encode-produce.js';
import { keepGenerationsApart } from './generations.js';
import { kafkaLogCreator } from './kafka-logger.js';
import { endLongPollsEarly } from './long-polls.js';
import { outliveLostBrokers } from './lost-brokers.js';
import { tellLostPositions } from './lost-positions.js';
import { registerCodecs } from './register-codecs.js';
import { stopIdleTimers } from './stop-idle-timers.js';
import { isolateUnreadableBatches } from './unreadable-batches.js';

/** kafkajs chooses other retries where NODE_ENV is `test`; ours are the same everywhere. */
export const KAFKA_RETRY: RetryOptions = {
  initialRetryTime: 100,
  maxRetryTime: 2_000,
  factor: 0.2,
  multiplier: 2,
  retries: 5,
};

/** The one place that makes a kafkajs client. */
export function createKafka({ brokers, clientId, tls, sasl }: KafkaOptions, log: BrokerLog): Kafka {
  stopIdleTimers();
  keepGenerationsApart();
  endLongPollsEarly();
  registerCodecs();
  isolateUnreadableBatches();
  tellLostPositions();
  outliveLostBrokers();
  encodeProduceAtOnce();
  return new Kafka({
    brokers: [...brokers],
    clientId,
    ...(tls && { ssl: toNode(tls) }),
    ...(sasl && { sasl }),
    retry: KAFKA_RETRY,
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    logLevel: logLevel.INFO,
    logCreator: kafkaLogCreator(log),
  });
}

/** Without what isn't given: to Node a `ca` that is undefined is one, too. */
function toNode({ ca, cert, key }: KafkaTls): tls.ConnectionOptions {
  return { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
}
