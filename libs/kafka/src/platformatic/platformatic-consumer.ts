import { Consumer } from '@platformatic/kafka';
import type { offsetCommitV9 } from '@platformatic/kafka';

import type { ConsumerListener, ConsumerOptions, KafkaConsumer, Partition } from '../kafka-client.js';
import type { KafkaError } from '../kafka-errors.js';
import type { KafkaOptions } from '../kafka-options.js';
import { apiOf, connectionOptions, connectionTo, guarded } from './connection.js';
import { FetchSession } from './fetch-session.js';
import type { Memberships } from './memberships.js';
import { inOurErrors, toKafkaError } from './platformatic-errors.js';

/** kafkajs' name for it, so that members of either client can be in one group. */
const PROTOCOL = 'RoundRobinAssigner';
const MOST_MS_TO_LEAVE = 5_000;

interface Membership {
  readonly memberId: string;
  readonly generationId: number;
  readonly isLeader: boolean;
  readonly assignments: readonly { readonly topic: string; readonly partitions: readonly number[] }[] | null;
}

/**
 * The client keeps the membership of the group; it is fetched by us, a generation at a time. Its own stream is one queue for all
 * partitions: it can't pause one, or seek, and ends with the first batch that it can't read.
 */
export class PlatformaticConsumer implements KafkaConsumer {
  readonly #consumer: Consumer;
  #membership: Membership | undefined;
  #session: FetchSession | undefined;
  /** How many there were when they were dealt out. */
  #partitions = 0;
  #metadataTimer: NodeJS.Timeout | undefined;
  #closed = false;
  #crashed: KafkaError | undefined;

  constructor(
    private readonly connection: KafkaOptions,
    private readonly options: ConsumerOptions,
    private readonly memberships: Memberships,
    private readonly listener: ConsumerListener,
  ) {
    const { group, sessionTimeoutMs, metadataMaxAgeMs } = options;
    this.#consumer = guarded(
      new Consumer({
        ...connectionOptions(connection),
        groupId: group,
        sessionTimeout: sessionTimeoutMs,
        heartbeatInterval: Math.min(1_000, sessionTimeoutMs / 4),
        rebalanceTimeout: Math.max(sessionTimeoutMs, 10_000),
        protocols: [{ name: PROTOCOL, version: 0 }],
        metadataMaxAge: metadataMaxAgeMs,
      }),
    );
  }

  async start(): Promise<void> {
    const consumer = this.#consumer;
    consumer.on('consumer:group:join', (membership: Membership) => this.#attempt(() => this.#onJoin(membership)));
    consumer.on('consumer:group:rebalance', () => void this.#session?.close());
    // After either it sends no heartbeats any more.
    consumer.on('consumer:heartbeat:error', ({ error }: { readonly error: Error }) => this.#crash(error));
    consumer.on('error', (error) => this.#crash(error));
    for (const topic of this.options.topics) consumer.topics.track(topic);
    consumer.memberId = this.memberships.take(this.options.group);
    await inOurErrors(() => consumer.joinGroup({})).catch((error: KafkaError) => {
      this.#crashed = error;
      throw error;
    });
    if (this.#closed) return;
    this.#metadataTimer = setInterval(() => void this.#lookForPartitions(), this.options.metadataMaxAgeMs);
  }

  pause(partition: Partition): void {
    this.#session?.pause(partition);
  }

  resume(partition: Partition): void {
    this.#session?.resume(partition);
  }

  seek(partition: Partition, offset: string): void {
    this.#session?.seek(partition, BigInt(offset));
  }

  /** Not by the client's own commit: that joins the group again, and then commits what the generation before has done. */
  async commit(
    offsets: readonly { readonly partition: Partition; readonly offset: string }[],
    metadata: string | null,
  ): Promise<void> {
    const membership = this.#membership;
    if (!membership) return;
    const topics = new Map<string, offsetCommitV9.OffsetCommitRequestTopic>();
    for (const { partition, offset } of offsets) {
      const topic = topics.get(partition.topic) ?? { name: partition.topic, partitions: [] };
      topics.set(partition.topic, topic);
      topic.partitions.push({
        partitionIndex: partition.partition,
        committedOffset: BigInt(offset),
        committedLeaderEpoch: -1,
        committedMetadata: metadata,
      });
    }
    await inOurErrors(async () => {
      const api = await apiOf<offsetCommitV9.OffsetCommitRequest, unknown>(this.#consumer, 'OffsetCommit');
      const { brokers } = await this.#consumer.metadata({ topics: [...this.options.topics] });
      const coordinator = brokers.get(await this.#consumer.findGroupCoordinator());
      const connection = await connectionTo(this.#consumer, coordinator);
      const { generationId, memberId } = membership;
      await api.async(connection, this.options.group, generationId, memberId, null, [...topics.values()]);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#metadataTimer);
    // At once: who takes its place may begin meanwhile.
    if (this.memberships.keep(this.options.group, this.#consumer.memberId, this.#crashed))
      this.#consumer.memberId = null;
    await this.#session?.close();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, MOST_MS_TO_LEAVE)));
    // A group that can't be told forgets this member after the session's timeout.
    await Promise.race([this.#consumer.close().catch(() => {}), late]);
    clearTimeout(timer);
    await this.#consumer.connections.close();
  }

  #onJoin(membership: Membership): void {
    if (this.#closed) return;
    void this.#session?.close();
    this.#membership = membership;
    this.#partitions = this.#countPartitions();
    const partitions = (membership.assignments ?? []).flatMap(({ topic, partitions: own }) =>
      own.map((partition) => ({ topic, partition })),
    );
    const { sessionTimeoutMs } = this.options;
    const options = { connection: this.connection, maxWaitMs: Math.min(2_000, sessionTimeoutMs / 4), sessionTimeoutMs };
    this.#session = new FetchSession(this.#consumer, partitions, options, this.#heard());
    this.listener.onAssigned(partitions);
    this.#session.start();
  }

  /** The listener, as long as its session is the one that counts. */
  #heard(): ConsumerListener {
    return { ...this.listener, onCrash: (error) => this.#crash(error) };
  }

  /** The client notices no partitions that are added; the leader of the group deals them out. */
  async #lookForPartitions(): Promise<void> {
    const topics = [...this.options.topics];
    try {
      await this.#consumer.metadata({ topics, forceUpdate: true });
      if (this.#closed || !this.#membership?.isLeader || this.#partitions === this.#countPartitions()) return;
      await this.#consumer.joinGroup({});
    } catch {
      // Whatever is wrong stops the heartbeats or the fetches, too, and these are told.
    }
  }

  #countPartitions(): number {
    const known = this.#consumer.currentMetadata?.topics;
    return this.options.topics.reduce((sum, topic) => sum + (known?.get(topic)?.partitionsCount ?? 0), 0);
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#crash(error);
    }
  }

  #crash(error: unknown): void {
    if (this.#closed) return;
    this.#crashed = toKafkaError(error);
    this.listener.onCrash(this.#crashed);
  }
}
