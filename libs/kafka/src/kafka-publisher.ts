import { headerValues } from '@waybill/messaging';
import type { Publisher, PublishOutcome, RecordToPublish } from '@waybill/messaging';

import type { KafkaClient, KafkaProducer } from './kafka-client.js';
import { isTooLarge, KafkaError, wouldNeverBeTaken } from './kafka-errors.js';
import type { TopicNames } from './topic-names.js';

/** Brokers bound the size of one partition's part of a request (1 MB by default); ours stays well below it. */
const MAX_TOPIC_BYTES = 700_000;

const OK: PublishOutcome = { ok: true };

/**
 * acks=all, all topics in one request. A refused request counts as unpublished, whole; it is then sent topic by topic, so that
 * the outcome names the bad one.
 */
export class KafkaPublisher implements Publisher {
  #producer: KafkaProducer | undefined;
  #isClosed = false;

  constructor(
    private readonly client: Pick<KafkaClient, 'connectProducer'>,
    private readonly names: TopicNames,
  ) {}

  async connect(): Promise<void> {
    await this.#connected();
  }

  async publish(records: readonly RecordToPublish[]): Promise<readonly PublishOutcome[]> {
    const outcomes: PublishOutcome[] = Array.from({ length: records.length }, () => OK);
    // Order: nothing overtakes a refused record, of its topic if that may yet take it, of its key if it never will.
    const waiting = new Map<string | undefined, PublishOutcome>();
    const refusedKeys = new Set<string>();
    for (const chunk of chunks(records)) {
      for (const index of chunk)
        outcomes[index] = waiting.get(records[index]?.topic) ?? behind(records[index], refusedKeys);
      const indexes = chunk.filter((index) => outcomes[index]?.ok === true);
      if (indexes.length === 0) continue;
      const error = await this.#send(records, indexes);
      if (error === undefined) continue;
      await this.#sendByTopic(records, indexes, error, outcomes);
      for (const index of indexes) {
        const [record, outcome] = [records[index], outcomes[index]];
        if (outcome?.ok !== false) continue;
        if (outcome.retriable) waiting.set(record?.topic, outcome);
        else if (record && record.key !== null) refusedKeys.add(keyOf(record));
      }
    }
    return outcomes;
  }

  /** Also ends what is being published: it may have been given up, and opens no new producer. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.close();
  }

  async #sendByTopic(
    records: readonly RecordToPublish[],
    indexes: readonly number[],
    error: Error,
    outcomes: PublishOutcome[],
  ): Promise<void> {
    if (error instanceof KafkaError && error.isConnectionProblem) {
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
    const refusedKeys = new Set<string>();
    for (const index of indexes) {
      const record = records[index];
      const outcome = behind(record, refusedKeys);
      outcomes[index] = outcome;
      if (!outcome.ok) continue;
      const failure = await this.#send(records, [index]);
      if (failure === undefined) continue;
      refuse([index], failure, outcomes);
      if (record && record.key !== null) refusedKeys.add(keyOf(record));
      // Order: what follows a record that may yet be published must not overtake it.
      if (!wouldNeverBeTaken(failure)) {
        refuse(indexes.slice(indexes.indexOf(index)), failure, outcomes);
        return;
      }
    }
  }

  async #send(records: readonly RecordToPublish[], indexes: readonly number[]): Promise<Error | undefined> {
    const chosen = indexes.flatMap((index) => records[index] ?? []);
    try {
      const producer = await this.#connected();
      await producer.send(chosen.map((record) => ({ ...record, topic: this.names.toWire(record.topic) })));
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #connected(): Promise<KafkaProducer> {
    if (this.#isClosed) throw closedError();
    const producer = (this.#producer ??= await this.client.connectProducer());
    if (!this.#isClosed) return producer;
    await this.#renew(); // it was closed while this one was opened
    throw closedError();
  }

  async #renew(): Promise<void> {
    const old = this.#producer;
    this.#producer = undefined;
    await old?.close().catch(() => {});
  }
}

function closedError(): KafkaError {
  return new KafkaError('The publisher is closed', { isConnectionProblem: true, cause: undefined });
}

function keyOf({ topic, key }: RecordToPublish): string {
  return `${topic}\0${key?.toString('latin1') ?? ''}`;
}

/** A record whose key has one before it that was refused for good waits until somebody has decided about that. */
function behind(record: RecordToPublish | undefined, refusedKeys: ReadonlySet<string>): PublishOutcome {
  if (record === undefined || record.key === null || !refusedKeys.has(keyOf(record))) return OK;
  const error = new Error('An earlier record of its key was refused for good');
  return { ok: false, error, retriable: true };
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
  for (const name in headers) {
    for (const header of headerValues(headers, name)) size += name.length + header.length + 4;
  }
  return size;
}
