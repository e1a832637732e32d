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

import type { ConsumerListener, FetchedRecords, KafkaClient, KafkaConsumer, Partition } from './kafka-client.js';
import { LaneOffsets } from './lane-offsets.js';
import type { TopicNames } from './topic-names.js';

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
  #consumer: KafkaConsumer | undefined;
  readonly #lanes = new Map<string, AssignedLane>();
  #commitTimer: NodeJS.Timeout | undefined;
  #committing: Promise<void> = Promise.resolve();
  #rebuildTimer: NodeJS.Timeout | undefined;
  #crashes = 0;
  #joinedAt = 0;
  #healthy = false;
  #closed = false;

  constructor(
    private readonly client: KafkaClient,
    private readonly names: TopicNames,
    private readonly options: KafkaSubscriptionOptions,
    private readonly listener: SubscriptionListener,
    private readonly log: BrokerLog,
  ) {}

  /** Also resolves where the first start fails: the subscription keeps trying, and says so by its health. */
  async start(): Promise<void> {
    const { group, topics, sessionTimeoutMs, metadataMaxAgeMs } = this.options;
    const wire = { group: this.names.toWire(group), topics: topics.map((topic) => this.names.toWire(topic)) };
    const consumer: KafkaConsumer = this.client.createConsumer(
      { ...wire, sessionTimeoutMs, metadataMaxAgeMs },
      this.#hear(() => consumer),
    );
    this.#consumer = consumer;
    try {
      await consumer.start();
    } catch (error) {
      this.#onCrash(consumer, error instanceof Error ? error : new Error(String(error)));
    }
  }

  pause(lane: Lane): void {
    if (this.#isAssigned(lane)) this.#consumer?.pause(this.#toWire(lane));
  }

  resume(lane: Lane): void {
    const entry = this.#lanes.get(laneId(lane));
    if (entry !== undefined && entry.unreadable === undefined) this.#consumer?.resume(this.#toWire(lane));
  }

  skip(lane: Lane, { first, next }: UnreadableRecords): void {
    const entry = this.#lanes.get(laneId(lane));
    if (entry?.unreadable === undefined || entry.unreadable.first !== first) return;
    entry.unreadable = undefined;
    entry.offsets.onFetched(undefined, String(BigInt(next) - 1n));
    this.#consumer?.seek(this.#toWire(lane), next);
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
    await this.#consumer?.close();
  }

  /** Nothing counts of a consumer that has been replaced. */
  #hear(current: () => KafkaConsumer): ConsumerListener {
    const unlessReplaced =
      <Told extends readonly unknown[]>(listen: (...told: Told) => void) =>
      (...told: Told): void => {
        if (!this.#closed && current() === this.#consumer) listen(...told);
      };
    return {
      onAssigned: unlessReplaced((partitions) => this.#onAssigned(partitions)),
      onFetched: unlessReplaced((fetched) => this.#onFetched(fetched)),
      onPositionLost: unlessReplaced((partition, offset) => this.#onPositionLost(partition, offset)),
      // After a crash joining the group proves nothing: whatever made it crash may come with the first fetch.
      onProgress: unlessReplaced(() => this.#onWorking()),
      onUnreachable: unlessReplaced((error) => this.#onUnreachable(error)),
      onCrash: unlessReplaced((error) => this.#onCrash(current(), error)),
    };
  }

  #onFetched({ records, lastOffset, unreadable, ...fetched }: FetchedRecords): void {
    const lane = this.#fromWire(fetched);
    const entry = this.#lanes.get(laneId(lane));
    if (entry === undefined) return;
    if (lastOffset !== undefined) entry.offsets.onFetched(records.at(-1)?.offset, lastOffset);
    if (records.length > 0) {
      const { topic, partition } = lane;
      this.listener.onRecords(
        lane,
        // Field by field: a rest and two spreads were a twentieth of what consuming cost.
        records.map(({ offset: position, key, value, headers, timestampMs }) => ({
          topic,
          partition,
          position,
          key,
          value,
          headers,
          timestampMs,
        })),
      );
    } else if (lastOffset !== undefined) {
      this.#commitSoon(); // nobody will acknowledge what isn't delivered
    }
    if (unreadable) this.#standStill(entry, unreadable);
  }

  #standStill(entry: AssignedLane, unreadable: UnreadableRecords): void {
    const { lane } = entry;
    entry.unreadable = unreadable;
    const { first, next, reason } = unreadable;
    this.log.error(
      `ALERT ${lane.topic}/${lane.partition} stands still: the records from ${first} to before ${next} can't be read (${reason})`,
    );
    this.listener.onUnreadable?.(lane, unreadable);
  }

  #onPositionLost(partition: Partition, next: string): void {
    const lane = this.#fromWire(partition);
    // What is still being handled was maybe read from a log that is gone.
    this.#lanes.set(laneId(lane), { lane, offsets: new LaneOffsets() });
    this.listener.onPositionLost?.({ ...lane, next });
  }

  #onAssigned(partitions: readonly Partition[]): void {
    this.#lanes.clear();
    const lanes = partitions.map((partition) => this.#fromWire(partition));
    for (const lane of lanes) {
      this.#lanes.set(laneId(lane), { lane, offsets: new LaneOffsets() });
      const offset = this.options.startAt?.(lane);
      if (offset !== undefined) this.#consumer?.seek(this.#toWire(lane), offset);
    }
    this.listener.onAssigned(lanes);
    this.#joinedAt = performance.now();
    if (this.#crashes === 0) this.#onWorking();
  }

  #onWorking(): void {
    if (this.#healthy) return;
    this.#healthy = true;
    this.listener.onHealth(true);
  }

  #onUnreachable(error: Error): void {
    if (!this.#healthy) return;
    this.#healthy = false;
    this.listener.onHealth(false, error);
    this.log.error(
      `kafka: the consumer of ${this.options.group} can't reach one of its brokers (${error.message}); that one's lanes stand still`,
    );
  }

  #onCrash(consumer: KafkaConsumer, error: Error): void {
    if (this.#closed || consumer !== this.#consumer) return;
    this.#consumer = undefined;
    this.#lanes.clear();
    this.#healthy = false;
    this.listener.onAssigned([]);
    this.listener.onHealth(false, error);
    void consumer.close().catch(() => {});
    if (performance.now() - this.#joinedAt > REBUILD_BACKOFF.maxMs) this.#crashes = 0;
    this.#crashes += 1;
    const delayMs = Math.round(backoffMs(this.#crashes, REBUILD_BACKOFF));
    this.log.error(`kafka: the consumer of ${this.options.group} crashed (${error.message}); rebuilt in ${delayMs} ms`);
    this.#rebuildTimer = setTimeout(() => void this.start(), delayMs);
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
      await this.#consumer?.commit(
        positions.map((position) => ({ partition: this.#toWire(position), offset: position.next })),
        this.options.owner ?? null,
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

  #toWire({ topic, partition }: Lane): Partition {
    return { topic: this.names.toWire(topic), partition };
  }

  #fromWire({ topic, partition }: Partition): Lane {
    return { topic: this.names.fromWire(topic), partition };
  }
}

function laneId({ topic, partition }: Lane): string {
  return `${topic} ${partition}`;
}

function positionOf({ entry, offset }: { readonly entry: AssignedLane; readonly offset: string }): LanePosition {
  return { ...entry.lane, next: offset };
}
