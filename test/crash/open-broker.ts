import { kafkaBroker } from '@waybill/kafka';
import type { OpenBroker } from '@waybill/messaging';
import { natsBroker } from '@waybill/nats';
import { rabbitBroker } from '@waybill/rabbitmq';
import { sqsBroker } from '@waybill/sqs';

import type { ConsumerSettings } from './supervised-consumer.js';

/** By the environment that services would have: this is a program of its own, which the doors for tests would make large. */
export function openBroker({ broker, sessionTimeoutMs }: ConsumerSettings): OpenBroker {
  const { BROKER_URL: url = '', BROKER_PREFIX: prefix = '' } = broker;
  if (url.startsWith('amqp')) return rabbitBroker({ urls: [url], name: 'notes', prefix });
  if (url.startsWith('nats'))
    return natsBroker({ servers: [url], clientName: 'notes', topicPrefix: prefix, sessionTimeoutMs });
  if (url.startsWith('sqs')) {
    const { AWS_REGION: region = '', AWS_ENDPOINT_URL: endpoint } = broker;
    return sqsBroker({ region, endpoint, prefix, sessionTimeoutMs });
  }
  return kafkaBroker({
    brokers: (broker['KAFKA_BROKERS'] ?? '').split(','),
    clientId: 'notes',
    client: broker['KAFKA_CLIENT'] === 'platformatic' ? 'platformatic' : 'kafkajs',
    topicPrefix: broker['KAFKA_PREFIX'] ?? '',
    sessionTimeoutMs,
  });
}
