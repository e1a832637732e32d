import { setTimeout as sleep } from 'node:timers/promises';

import { partitionOf } from '@waybill/messaging';
import type { Headers, RecordToPublish } from '@waybill/messaging';
import type { IHeaders, Kafka, Message, PartitionerArgs, Producer } from 'kafkajs';
import { Partitioners } from 'kafkajs';

import { haveOneValueEach, isHeaderValue } from '../header-values.js';
import type { KafkaProducer } from '../kafka-client.js';
import { KAFKA_RETRY } from './create-kafka.js';
import { inOurErrors } from './kafkajs-errors.js';

/** Before a request is repeated: about as long as a partition needs to get a new leader. */
const REPEAT_AFTER_MS = 100;

/**
 * Neither kafkajs' idempotent producer nor its retries: after a partial refusal both lose messages (F43). A retry sends nothing to a
 * broker that has answered already, not even what is that broker's since a leader moved, and counts all of it as sent.
 */
export class KafkajsProducer implements KafkaProducer {
  private constructor(private readonly producer: Producer) {}

  static async connect(kafka: Kafka): Promise<KafkajsProducer> {
    const producer = kafka.producer({
      createPartitioner,
      allowAutoTopicCreation: false,
      maxInFlightRequests: 1,
      retry: { ...KAFKA_RETRY, retries: 0 },
    });
    await inOurErrors(() => producer.connect());
    return new KafkajsProducer(producer);
  }

  /** What a broker might take a moment later, all of it is sent once more. */
  async send(records: readonly RecordToPublish[]): Promise<void> {
    const topics = new Map<string, Message[]>();
    for (const { topic, key, value, headers } of records) {
      const message = { key, value, headers: toKafka(headers) };
      const messages = topics.get(topic);
      if (messages) messages.push(message);
      else topics.set(topic, [message]);
    }
    const topicMessages = [...topics].map(([topic, messages]) => ({ topic, messages }));
    await inOurErrors(async () => {
      try {
        await this.producer.sendBatch({ acks: -1, topicMessages });
      } catch (error) {
        if (!isRetriable(error)) throw error;
        await sleep(REPEAT_AFTER_MS);
        await this.producer.sendBatch({ acks: -1, topicMessages });
      }
    });
  }

  close(): Promise<void> {
    return this.producer.disconnect();
  }
}

/** kafkajs says so by the error of retries that are used up. */
function isRetriable(error: unknown): boolean {
  return error instanceof Error && error.name === 'KafkaJSNumberOfRetriesExceeded';
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
