import type {
  BrokerLog,
  Lane,
  LanePosition,
  Subscription,
  SubscriptionListener,
  SubscriptionOptions,
  UnreadableRecords,
} from '@waybill/messaging';
import { backoffMs } from '@waybill/observability';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';

import { KAFKA_RETRY } from './create-kafka-client.js';
import { FetchGenerations } from './fetch-generations.js';
import { LaneOffsets } from './lane-offsets.js';
import { forgetMember, onLostPosition } from './lost-positions.js';
import { toRecord } from './to-record.js';
import type { TopicNames } from './topic-names.js';
import { unreadableOf } from './unreadable-batches.js';

export interface KafkaSubscriptionOptions extends SubscriptionOptions {
  readonly sessionTimeoutMs: number;
  readonly metadataMaxAgeMs: number;
  /** Positions acknowledged within this time are committed together, in milliseconds. */
  readonly commitIntervalMs: number;
}

/** A lane of this generation. `unreadable`: it stands still before these. */
interface AssignedLane {
  readonly lane: Lane;
  readonly offsets: LaneOffsets;
  committed?: string;
  unreadable?: UnreadableRecords | undefined;
}

const REBUILD_BACKOFF = { baseMs: 250, maxMs: 10_000 };

/**
 * Hands records over and returns, so that heartbeats and fetches continue however long they take to be handled. Offsets are
 * committed as they are acknowledged, several at a time. A consumer that crashed is replaced by a new one, with a backoff that
 * grows until one has worked for longer than the longest of it.
 */
export class KafkaSubscription implements Subscription {
  #consumer: Consumer | undefined;
  readonly #lanes = new Map<string, AssignedLane>();
  readonly #fetches: FetchGenerations;
  #commitTimer: NodeJS.Timeout | undefined;
  #committing: Promise<void> = Promise.resolve();
  #rebuildTimer: NodeJS.Timeout | undefined;
  #crashes = 0;
  #memberId = '';
  #joinedAt = 0;
  #healthy = false;
  /** Nodes that were fetched from in this generation. */
  readonly #fetchedFrom = new Set<number>();
  #closed = false;

  constructor(
    private readonly kafka: Kafka,
    private readonly names: TopicNames,
    private readonly options: KafkaSubscriptionOptions,
    private readonly listener: SubscriptionListener,
    private readonly log: BrokerLog,
  ) {
    this.#fetches = new FetchGenerations(options.sessionTimeoutMs);
  }

  async start(): Promise<void> {
    const consumer = this.kafka.consumer({
      groupId: this.names.toWire(this.options.group),
      sessionTimeout: this.options.sessionTimeoutMs,
      heartbeatInterval: Math.min(1_000, this.options.sessionTimeoutMs / 4),
      rebalanceTimeout: Math.max(this.options.sessionTimeoutMs, 10_000),
      // A poll that finds nothing; a rebalance waits for it. Shorter ones were most of an idle service's work.
      maxWaitTimeInMs: Math.min(2_000, this.options.sessionTimeoutMs / 4),
      allowAutoTopicCreation: false,
      metadataMaxAge: this.options.metadataMaxAgeMs,
      retry: { ...KAFKA_RETRY, restartOnFailure: async () => false },
    });
    this.#consumer = consumer;
    const { GROUP_JOIN, CRASH, FETCH_START, START_BATCH_PROCESS } = consumer.events;
    consumer.on(FETCH_START, ({ payload }) => this.#onFetchStart(payload.nodeId));
    consumer.on(GROUP_JOIN, ({ payload }) => this.#onJoin(payload.memberId, payload.memberAssignment));
    consumer.on(START_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) this.#onFiltered(payload.topic, payload.partition, payload.lastOffset);
    });
    consumer.on(CRASH, ({ payload }) => this.#onCrash(consumer, payload.error));
    await consumer.connect();
    await consumer.subscribe({
      topics: this.options.topics.map((topic) => this.names.toWire(topic)),
      fromBeginning: true,
    });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async (payload) => this.#onBatch(payload),
    });
  }

  /** Also resolves where the first start fails: the subscription keeps trying, and says so by its health. */
  async startOrRebuild(): Promise<void> {
    try {
      await this.start();
    } catch (error) {
      this.#onCrash(this.#consumer, error instanceof Error ? error : new Error(String(error)));
    }
  }

  pause(lane: Lane): void {
    if (this.#isAssigned(lane)) this.#consumer?.pause([this.#toWire(lane)]);
  }

  resume(lane: Lane): void {
    const entry = this.#lanes.get(laneId(lane));
    if (entry !== undefined && entry.unreadable === undefined) this.#consumer?.resume([this.#toWire(lane)]);
  }

  skip(lane: Lane, { first, next }: UnreadableRecords): void {
    const entry = this.#lanes.get(laneId(lane));
    if (entry?.unreadable === undefined || entry.unreadable.first !== first) return;
    entry.unreadable = undefined;
    entry.offsets.onFetched(undefined, String(BigInt(next) - 1n));
    this.#consumer?.seek({ topic: this.names.toWire(lane.topic), partition: lane.partition, offset: next });
    this.#consumer?.resume([this.#toWire(lane)]);
    this.#commitSoon();
  }

  async acknowledge(positions: readonly LanePosition[]): Promise<void> {
    for (const position of positions) this.#lanes.get(laneId(position))?.offsets.onDone(position.next);
    this.#commitSoon();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#rebuildTimer);
    clearTimeout(this.#commitTimer);
    await this.#commit();
    await this.#consumer?.disconnect();
    forgetMember(this.#memberId);
  }

  #onBatch({ batch, resolveOffset }: EachBatchPayload): void {
    if (this.#closed || this.#fetches.isStale) return;
    const lane: Lane = { topic: this.names.fromWire(batch.topic), partition: batch.partition };
    const entry = this.#lanes.get(laneId(lane));
    const end = batch.messages.at(-1);
    if (entry === undefined || end === undefined) return;
    const unreadable = unreadableOf(end);
    const records = unreadable ? batch.messages.slice(0, -1) : batch.messages;
    const last = records.at(-1);
    if (last !== undefined) {
      const lastOffset = unreadable ? last.offset : batch.lastOffset();
      resolveOffset(lastOffset);
      entry.offsets.onFetched(last.offset, lastOffset);
      this.listener.onRecords(
        lane,
        records.map((message) => toRecord(lane, message)),
      );
    }
    if (unreadable) this.#standStill(entry, unreadable);
  }

  #standStill(entry: AssignedLane, unreadable: UnreadableRecords): void {
    const { lane } = entry;
    entry.unreadable = unreadable;
    this.#consumer?.pause([this.#toWire(lane)]);
    const { first, next, reason } = unreadable;
    this.log.error(
      `ALERT ${lane.topic}/${lane.partition} stands still: the records from ${first} to before ${next} can't be read (${reason})`,
    );
    this.listener.onUnreadable?.(lane, unreadable);
  }

  /** Only control or compacted records: nobody will acknowledge them. */
  #onFiltered(wireTopic: string, partition: number, lastOffset: string): void {
    const entry = this.#lanes.get(laneId({ topic: this.names.fromWire(wireTopic), partition }));
    entry?.offsets.onFetched(undefined, lastOffset);
    this.#commitSoon();
  }

  #onJoin(memberId: string, assignment: Readonly<Record<string, number[]>>): void {
    if (memberId !== this.#memberId) forgetMember(this.#memberId);
    this.#memberId = memberId;
    onLostPosition(memberId, (wireTopic, partition, next) => {
      const lane = { topic: this.names.fromWire(wireTopic), partition };
      // What is still being handled was maybe read from a log that is gone.
      this.#lanes.set(laneId(lane), { lane, offsets: new LaneOffsets() });
      this.listener.onPositionLost?.({ ...lane, next });
    });
    this.#fetches.onJoin();
    this.#lanes.clear();
    for (const [wireTopic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) {
        const lane = { topic: this.names.fromWire(wireTopic), partition };
        this.#lanes.set(laneId(lane), { lane, offsets: new LaneOffsets() });
      }
    }
    const lanes = [...this.#lanes.values()].map(({ lane }) => lane);
    // A pause outlives the assignment in kafkajs; the one that paused has been told to start over.
    for (const lane of lanes) {
      this.#consumer?.resume([this.#toWire(lane)]);
      const offset = this.options.startAt?.(lane);
      if (offset === undefined) continue;
      this.#consumer?.seek({ topic: this.names.toWire(lane.topic), partition: lane.partition, offset });
    }
    this.listener.onAssigned(lanes);
    this.#joinedAt = performance.now();
    this.#fetchedFrom.clear();
    if (this.#crashes === 0) this.#onWorking();
  }

  #onFetchStart(nodeId: number): void {
    this.#fetches.onFetchStart(nodeId);
    // It fetches again only once it has handed over what it fetched before.
    if (this.#fetchedFrom.has(nodeId)) this.#onWorking();
    this.#fetchedFrom.add(nodeId);
  }

  /** After a crash joining the group proves nothing: whatever made it crash may come with the first fetch. */
  #onWorking(): void {
    if (this.#healthy) return;
    this.#healthy = true;
    this.listener.onHealth(true);
  }

  #onCrash(consumer: Consumer | undefined, error: Error): void {
    if (this.#closed || consumer === undefined || consumer !== this.#consumer) return;
    this.#consumer = undefined;
    this.#lanes.clear();
    this.#healthy = false;
    this.listener.onAssigned([]);
    this.listener.onHealth(false, error);
    void consumer.disconnect().catch(() => {});
    if (performance.now() - this.#joinedAt > REBUILD_BACKOFF.maxMs) this.#crashes = 0;
    this.#crashes += 1;
    const delayMs = Math.round(backoffMs(this.#crashes, REBUILD_BACKOFF));
    this.log.error(`kafka: the consumer of ${this.options.group} crashed (${error.message}); rebuilt in ${delayMs} ms`);
    this.#rebuildTimer = setTimeout(() => void this.startOrRebuild(), delayMs);
  }

  #commitSoon(): void {
    if (this.#closed) return;
    this.#commitTimer ??= setTimeout(() => {
      this.#commitTimer = undefined;
      void this.#commit();
    }, this.options.commitIntervalMs);
  }

  async #commit(): Promise<void> {
    const before = this.#committing;
    this.#committing = this.#commitAfter(before);
    await this.#committing;
  }

  /** A commit that fails costs redeliveries, which the inbox removes; the next one makes up for it. */
  async #commitAfter(before: Promise<void>): Promise<void> {
    await before;
    const moved = [...this.#lanes.values()].flatMap((entry) => {
      const offset = entry.offsets.position();
      return offset === undefined || offset === entry.committed ? [] : [{ entry, offset }];
    });
    if (moved.length === 0) return;
    try {
      await this.options.beforeCommit?.(moved.map(positionOf));
      const positions = moved.filter(({ entry }) => this.#lanes.get(laneId(entry.lane)) === entry).map(positionOf);
      if (positions.length === 0) return; // all of them were reassigned or lost meanwhile
      await this.#consumer?.commitOffsets(
        positions.map(({ topic, partition, next }) => ({
          topic: this.names.toWire(topic),
          partition,
          offset: next,
          metadata: this.options.owner ?? null,
        })),
      );
      for (const { entry, offset } of moved) entry.committed = offset;
      this.options.onCommitted?.(positions);
    } catch (error) {
      this.log.debug(`kafka: offsets of ${this.options.group} weren't committed: ${String(error)}`);
      if (moved.some(({ entry }) => this.#isAssigned(entry.lane))) this.#commitSoon();
    }
  }

  #isAssigned(lane: Lane): boolean {
    return this.#lanes.has(laneId(lane));
  }

  #toWire({ topic, partition }: Lane): { topic: string; partitions: number[] } {
    return { topic: this.names.toWire(topic), partitions: [partition] };
  }
}

function laneId({ topic, partition }: Lane): string {
  return `${topic} ${partition}`;
}

function positionOf({ entry, offset }: { readonly entry: AssignedLane; readonly offset: string }): LanePosition {
  return { ...entry.lane, next: offset };
}
