import type { BrokerLog } from '@waybill/messaging';

import type { KafkaClient } from './kafka-client.js';
import type { KafkaOptions } from './kafka-options.js';

export async function openClient(options: KafkaOptions, log: BrokerLog): Promise<KafkaClient> {
  const { KafkajsClient } = await import('./kafkajs/kafkajs-client.js');
  return new KafkajsClient(options, log);
}
