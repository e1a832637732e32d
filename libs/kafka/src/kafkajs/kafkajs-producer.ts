import { partitionOf } from '@waybill/messaging';
import type { Headers, RecordToPublish } from '@waybill/messaging';
import type { IHeaders, Kafka, Message, PartitionerArgs, Producer } from 'kafkajs';
import { Partitioners } from 'kafkajs';

import { haveOneValueEach, isHeaderValue } from '../header-values.js';
import type { KafkaProducer } from '../kafka-client.js';
import { KAFKA_RETRY } from './create-kafka.js';
import { inOurErrors } from './kafkajs-errors.js';

/** Not kafkajs' idempotent producer: after a partial refusal it loses messages (F43). */
export class KafkajsProducer implements KafkaProducer {
  private constructor(private readonly producer: Producer) {}

  static async connect(kafka: Kafka): Promise<KafkajsProducer> {
    const producer = kafka.producer({
      createPartitioner,
      allowAutoTopicCreation: false,
      maxInFlightRequests: 1,
      retry: { ...KAFKA_RETRY, retries: 1 },
    });
    await inOurErrors(() => producer.connect());
    return new KafkajsProducer(producer);
  }

  async send(records: readonly RecordToPublish[]): Promise<void> {
    const topics = new Map<string, Message[]>();
    for (const { topic, key, value, headers } of records) {
      const message = { key, value, headers: toKafka(headers) };
      const messages = topics.get(topic);
      if (messages) messages.push(message);
      else topics.set(topic, [message]);
    }
    const topicMessages = [...topics].map(([topic, messages]) => ({ topic, messages }));
    await inOurErrors(() => this.producer.sendBatch({ acks: -1, topicMessages }));
  }

  close(): Promise<void> {
    return this.producer.disconnect();
  }
}

function createPartitioner() {
  const withoutKey = Partitioners.DefaultPartitioner();
  return (args: PartitionerArgs): number => {
    const { key } = args.message;
    return Buffer.isBuffer(key) ? partitionOf(key, args.partitionMetadata.length) : withoutKey(args);
  };
}

/** In the arrays that kafkajs' types ask for. */
export function toKafka(headers: Headers): IHeaders {
  if (haveOneValueEach(headers)) return headers;
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isHeaderValue(value) ? value : [...value]]),
  );
}
