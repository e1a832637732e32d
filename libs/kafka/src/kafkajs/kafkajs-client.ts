import type { BrokerLog } from '@waybill/messaging';
import type { Kafka } from 'kafkajs';

import type {
  ConsumerListener,
  ConsumerOptions,
  KafkaAdmin,
  KafkaClient,
  KafkaConsumer,
  KafkaProducer,
} from '../kafka-client.js';
import type { KafkaOptions } from '../kafka-options.js';
import { createKafka } from './create-kafka.js';
import { KafkajsAdmin } from './kafkajs-admin.js';
import { KafkajsConsumer } from './kafkajs-consumer.js';
import { KafkajsProducer } from './kafkajs-producer.js';

/** {@link KafkaClient} by kafkajs, corrected in place (ADR 13). */
export class KafkajsClient implements KafkaClient {
  readonly #kafka: Kafka;

  constructor(options: KafkaOptions, log: BrokerLog) {
    this.#kafka = createKafka(options, log);
  }

  connectAdmin(): Promise<KafkaAdmin> {
    return KafkajsAdmin.connect(this.#kafka);
  }

  connectProducer(): Promise<KafkaProducer> {
    return KafkajsProducer.connect(this.#kafka);
  }

  createConsumer(options: ConsumerOptions, listener: ConsumerListener): KafkaConsumer {
    return new KafkajsConsumer(this.#kafka, options, listener);
  }
}
