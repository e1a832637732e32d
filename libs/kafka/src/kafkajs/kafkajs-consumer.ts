import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';

import type { ConsumerListener, ConsumerOptions, KafkaConsumer, Partition } from '../kafka-client.js';
import { UnreachableBrokers } from '../unreachable-brokers.js';
import { KAFKA_RETRY } from './create-kafka.js';
import { inOurErrors, toKafkaError } from './kafkajs-errors.js';
import { forgetFetches, lookOf, onFetchEnd } from './lost-brokers.js';
import { forgetMember, onLostPosition } from './lost-positions.js';
import { toRecord } from './to-record.js';
import { unreadableOf } from './unreadable-batches.js';

/**
 * Hands records over and returns, so that heartbeats and fetches continue. kafkajs has no event for a revocation: each generation
 * begins with all partitions assigned afresh.
 */
export class KafkajsConsumer implements KafkaConsumer {
  readonly #consumer: Consumer;
  #memberId = '';
  /** Nodes that were fetched from in this generation. */
  readonly #fetchedFrom = new Set<number>();
  readonly #unreachable: UnreachableBrokers;

  constructor(
    kafka: Kafka,
    private readonly options: ConsumerOptions,
    private readonly listener: ConsumerListener,
  ) {
    const { group, sessionTimeoutMs, metadataMaxAgeMs } = options;
    this.#unreachable = new UnreachableBrokers(sessionTimeoutMs, listener);
    this.#consumer = kafka.consumer({
      groupId: group,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.min(1_000, sessionTimeoutMs / 4),
      rebalanceTimeout: Math.max(sessionTimeoutMs, 10_000),
      // A poll that finds nothing; a rebalance waits for it. Shorter ones were most of an idle service's work.
      maxWaitTimeInMs: Math.min(2_000, sessionTimeoutMs / 4),
      allowAutoTopicCreation: false,
      metadataMaxAge: metadataMaxAgeMs,
      retry: { ...KAFKA_RETRY, restartOnFailure: async () => false },
    });
  }

  async start(): Promise<void> {
    const consumer = this.#consumer;
    const { GROUP_JOIN, CRASH, FETCH_START, START_BATCH_PROCESS } = consumer.events;
    consumer.on(FETCH_START, ({ payload }) => this.#onFetchStart(payload.nodeId));
    consumer.on(GROUP_JOIN, ({ payload }) => this.#onJoin(payload.memberId, payload.memberAssignment));
    consumer.on(START_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, lastOffset } }) => {
      // Only control or compacted records: eachBatch isn't called for them.
      if (batchSize === 0)
        this.listener.onFetched({ topic, partition, records: [], lastOffset, unreadable: undefined });
    });
    consumer.on(CRASH, ({ payload }) => this.listener.onCrash(toKafkaError(payload.error)));
    await inOurErrors(async () => {
      await consumer.connect();
      await consumer.subscribe({ topics: [...this.options.topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: async (payload) => this.#onBatch(payload),
      });
    });
  }

  pause({ topic, partition }: Partition): void {
    this.#consumer.pause([{ topic, partitions: [partition] }]);
  }

  resume({ topic, partition }: Partition): void {
    this.#consumer.resume([{ topic, partitions: [partition] }]);
  }

  seek({ topic, partition }: Partition, offset: string): void {
    this.#consumer.seek({ topic, partition, offset });
    this.resume({ topic, partition });
  }

  async commit(
    offsets: readonly { readonly partition: Partition; readonly offset: string }[],
    metadata: string | null,
  ): Promise<void> {
    const committed = offsets.map(({ partition: { topic, partition }, offset }) => ({
      topic,
      partition,
      offset,
      metadata,
    }));
    await inOurErrors(() => this.#consumer.commitOffsets(committed));
  }

  async close(): Promise<void> {
    const consumer = this.#consumer;
    const look = lookOf(this.#memberId);
    await consumer.disconnect();
    // What a look for the coordinator has opened by then would stay open. Nobody waits for it: it tries for many seconds.
    void look?.then(() => consumer.disconnect()).catch(() => {});
    this.#forgetMember();
  }

  #onBatch({ batch, resolveOffset }: EachBatchPayload): void {
    const { topic, partition, messages } = batch;
    const end = messages.at(-1);
    if (end === undefined) return;
    const unreadable = unreadableOf(end);
    const read = unreadable ? messages.slice(0, -1) : messages;
    const lastOffset = unreadable ? read.at(-1)?.offset : batch.lastOffset();
    if (lastOffset !== undefined) resolveOffset(lastOffset);
    if (unreadable) this.pause({ topic, partition });
    this.listener.onFetched({ topic, partition, records: read.map(toRecord), lastOffset, unreadable });
  }

  #onJoin(memberId: string, assignment: Readonly<Record<string, number[]>>): void {
    if (memberId !== this.#memberId) this.#forgetMember();
    this.#memberId = memberId;
    onFetchEnd(memberId, (nodeId, error) => this.#onFetchEnd(nodeId, error));
    onLostPosition(memberId, (topic, partition, offset) => this.listener.onPositionLost({ topic, partition }, offset));
    const partitions = Object.entries(assignment).flatMap(([topic, own]) =>
      own.map((partition) => ({ topic, partition })),
    );
    for (const partition of partitions) this.resume(partition); // a pause outlives the assignment in kafkajs
    this.#fetchedFrom.clear();
    this.listener.onAssigned(partitions);
  }

  #onFetchStart(nodeId: number): void {
    // It fetches again only once it has handed over what it fetched before.
    if (this.#fetchedFrom.has(nodeId)) this.#unreachable.progressed();
    this.#fetchedFrom.add(nodeId);
  }

  #onFetchEnd(nodeId: number, error: Error | undefined): void {
    if (error === undefined) return this.#unreachable.answered(nodeId);
    this.#fetchedFrom.delete(nodeId); // the next one begins, but this one has brought nothing
    this.#unreachable.failed(nodeId, toKafkaError(error));
  }

  #forgetMember(): void {
    forgetMember(this.#memberId);
    forgetFetches(this.#memberId);
  }
}
