import type { Publisher, PublishOutcome, RecordToPublish } from '@waybill/messaging';
import type { Kafka, Producer, TopicMessages } from 'kafkajs';
import { Partitioners } from 'kafkajs';

import { KAFKA_RETRY } from './create-kafka-client.js';
import { isConnectionProblem, isTooLarge, rootOf, wouldNeverBeTaken } from './kafka-errors.js';
import type { TopicNames } from './topic-names.js';

/** Brokers bound the size of one partition's part of a request (1 MB by default); ours stays well below it. */
const MAX_TOPIC_BYTES = 700_000;

const OK: PublishOutcome = { ok: true };

/**
 * acks=all, all topics in one request. Not kafkajs' idempotent producer: after a partial refusal it loses messages. A
 * refused request counts as unpublished, whole; it is then sent topic by topic, so that the outcome names the bad one.
 */
export class KafkaPublisher implements Publisher {
  #producer: Producer | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly names: TopicNames,
  ) {}

  async connect(): Promise<void> {
    await this.#connected();
  }

  async publish(records: readonly RecordToPublish[]): Promise<readonly PublishOutcome[]> {
    const outcomes: PublishOutcome[] = Array.from({ length: records.length }, () => OK);
    const waiting = new Map<string | undefined, PublishOutcome>();
    for (const chunk of chunks(records)) {
      // Order: what follows records of its topic that may yet be published must not overtake them.
      const indexes = chunk.filter((index) => !waiting.has(records[index]?.topic));
      for (const index of chunk) outcomes[index] = waiting.get(records[index]?.topic) ?? OK;
      if (indexes.length === 0) continue;
      const error = await this.#send(records, indexes);
      if (error === undefined) continue;
      await this.#sendByTopic(records, indexes, error, outcomes);
      for (const index of indexes) {
        const outcome = outcomes[index];
        if (outcome?.ok === false && outcome.retriable) waiting.set(records[index]?.topic, outcome);
      }
    }
    return outcomes;
  }

  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.disconnect();
  }

  async #sendByTopic(
    records: readonly RecordToPublish[],
    indexes: readonly number[],
    error: Error,
    outcomes: PublishOutcome[],
  ): Promise<void> {
    if (isConnectionProblem(error)) {
      for (const index of indexes) outcomes[index] = { ok: false, error, retriable: true };
      return;
    }
    const byTopic = groupByTopic(records, indexes);
    // The producer may keep asking for the bad topic's metadata and fail for that reason alone.
    await this.#renew();
    for (const group of byTopic.values()) {
      const failure = byTopic.size === 1 ? error : await this.#send(records, group);
      if (failure === undefined) continue;
      if (isTooLarge(failure) && group.length > 1) await this.#sendOneByOne(records, group, outcomes);
      else refuse(group, failure, outcomes);
      await this.#renew();
    }
  }

  async #sendOneByOne(
    records: readonly RecordToPublish[],
    indexes: readonly number[],
    outcomes: PublishOutcome[],
  ): Promise<void> {
    for (const index of indexes) {
      const failure = await this.#send(records, [index]);
      if (failure === undefined) continue;
      refuse([index], failure, outcomes);
      // Order: what follows a record that may yet be published must not overtake it.
      if (!wouldNeverBeTaken(failure)) {
        refuse(indexes.slice(indexes.indexOf(index)), failure, outcomes);
        return;
      }
    }
  }

  async #send(records: readonly RecordToPublish[], indexes: readonly number[]): Promise<Error | undefined> {
    const topics = new Map<string, TopicMessages['messages']>();
    for (const index of indexes) {
      const record = records[index];
      if (record === undefined) continue;
      const { key, value, headers } = record;
      const topic = this.names.toWire(record.topic);
      const message = { key, value, headers: { ...headers } };
      const messages = topics.get(topic);
      if (messages) messages.push(message);
      else topics.set(topic, [message]);
    }
    try {
      const producer = await this.#connected();
      await producer.sendBatch({
        acks: -1,
        topicMessages: [...topics].map(([topic, messages]) => ({ topic, messages })),
      });
      return undefined;
    } catch (error) {
      return rootOf(error);
    }
  }

  async #connected(): Promise<Producer> {
    if (this.#producer) return this.#producer;
    const producer = this.kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      maxInFlightRequests: 1,
      retry: { ...KAFKA_RETRY, retries: 1 },
    });
    await producer.connect();
    this.#producer = producer;
    return producer;
  }

  async #renew(): Promise<void> {
    const old = this.#producer;
    this.#producer = undefined;
    await old?.disconnect().catch(() => {});
  }
}

function groupByTopic(
  records: readonly RecordToPublish[],
  indexes: readonly number[],
): ReadonlyMap<string | undefined, number[]> {
  const byTopic = new Map<string | undefined, number[]>();
  for (const index of indexes) {
    const topic = records[index]?.topic;
    const group = byTopic.get(topic);
    if (group) group.push(index);
    else byTopic.set(topic, [index]);
  }
  return byTopic;
}

function refuse(indexes: readonly number[], error: Error, outcomes: PublishOutcome[]): void {
  for (const index of indexes) outcomes[index] = { ok: false, error, retriable: !wouldNeverBeTaken(error) };
}

/** Splits by size, in order, so that no topic's part of a request is too large for a broker. */
function chunks(records: readonly RecordToPublish[]): readonly (readonly number[])[] {
  const result: number[][] = [];
  let current: number[] = [];
  let bytes = 0;
  for (const [index, record] of records.entries()) {
    const size = sizeOf(record);
    if (current.length > 0 && bytes + size > MAX_TOPIC_BYTES) {
      result.push(current);
      current = [];
      bytes = 0;
    }
    current.push(index);
    bytes += size;
  }
  if (current.length > 0) result.push(current);
  return result;
}

function sizeOf({ key, value, headers }: RecordToPublish): number {
  let size = (key?.length ?? 0) + (value?.length ?? 0) + 70;
  for (const name in headers) size += name.length + (headers[name]?.length ?? 0) + 4;
  return size;
}
