import { Admin, ConfigResourceTypes, ListOffsetTimestamps } from '@platformatic/kafka';

import type { CommittedOffset, KafkaAdmin, NewTopic } from '../kafka-client.js';
import { KafkaError } from '../kafka-errors.js';
import type { KafkaOptions } from '../kafka-options.js';
import { connectionOptions, guarded } from './connection.js';
import { inOurErrors, toKafkaError, typesOf } from './platformatic-errors.js';

interface OffsetAt {
  readonly partition: number;
  readonly offset: bigint;
}

export class PlatformaticAdmin implements KafkaAdmin {
  private constructor(private readonly admin: Admin) {}

  static async connect(options: KafkaOptions): Promise<PlatformaticAdmin> {
    const admin = guarded(new Admin(connectionOptions(options)));
    // A refusal that comes after the handshake (TLS 1.3: a client certificate that is missing) is told by the connection alone.
    const told: Error[] = [];
    admin.connections.on('connecting', ({ connection }) => connection.on('error', (error) => told.push(error)));
    try {
      await admin.metadata({ topics: [] });
    } catch (error) {
      await admin.close();
      throw toKafkaError(new AggregateError([error, ...told]));
    }
    return new PlatformaticAdmin(admin);
  }

  listTopics(): Promise<readonly string[]> {
    return inOurErrors(() => this.admin.listTopics({ includeInternals: false }));
  }

  async haveLeaders(topics: readonly string[]): Promise<boolean> {
    try {
      await inOurErrors(() => this.admin.metadata({ topics: [...topics], forceUpdate: true }));
      return true;
    } catch (error) {
      if (error instanceof KafkaError && error.type === 'LEADER_NOT_AVAILABLE') return false;
      throw error;
    }
  }

  async createTopics(topics: readonly NewTopic[]): Promise<void> {
    // Its requests have one configuration for all of their topics.
    const alike = new Map<string, NewTopic[]>();
    for (const topic of topics) alike.set(likeness(topic), [...(alike.get(likeness(topic)) ?? []), topic]);
    for (const group of alike.values()) await this.#createAlike(group);
  }

  async describeTopics(topics: readonly string[], configNames: readonly string[]) {
    const resources = topics.map((resourceName) => ({
      resourceType: ConfigResourceTypes.TOPIC,
      resourceName,
      configurationKeys: [...configNames],
    }));
    const described = await inOurErrors(() => this.admin.describeConfigs({ resources }));
    return new Map(
      described.map(({ resourceName, configs }) => [
        resourceName,
        new Map(configs.map(({ name, value }) => [name, value ?? null])),
      ]),
    );
  }

  async committedOffsets(groupId: string, topics: readonly string[]): Promise<readonly CommittedOffset[]> {
    const asked = await this.#partitionsOf(topics);
    const groups = await inOurErrors(() =>
      this.admin.listConsumerGroupOffsets({
        groups: [
          {
            groupId,
            topics: asked.map(({ topic: name, partitions }) => ({ name, partitionIndexes: [...partitions] })),
          },
        ],
      }),
    );
    return groups.flatMap((group) =>
      group.topics.flatMap(({ name: topic, partitions }) =>
        partitions.map(({ partitionIndex: partition, committedOffset: offset, metadata }) => {
          return { topic, partition, offset, metadata: metadata ?? null };
        }),
      ),
    );
  }

  async offsets(topic: string) {
    const [ends, starts] = await Promise.all([
      this.#offsetsAt(topic, ListOffsetTimestamps.LATEST),
      this.#offsetsAt(topic, ListOffsetTimestamps.EARLIEST),
    ]);
    const first = new Map(starts.map(({ partition, offset }) => [partition, offset]));
    return ends.map(({ partition, offset }) => ({ partition, first: first.get(partition) ?? 0n, end: offset }));
  }

  async offsetsAt(topic: string, timestampMs: number): Promise<readonly OffsetAt[]> {
    const [ends, found] = await Promise.all([
      this.#offsetsAt(topic, ListOffsetTimestamps.LATEST),
      this.#offsetsAt(topic, BigInt(timestampMs)),
    ]);
    const end = new Map(ends.map(({ partition, offset }) => [partition, offset]));
    return found.map(({ partition, offset }) => ({
      partition,
      offset: offset < 0n ? (end.get(partition) ?? 0n) : offset,
    }));
  }

  async close(): Promise<void> {
    await this.admin.close();
  }

  async #createAlike(topics: readonly NewTopic[]): Promise<void> {
    const [first] = topics;
    if (first === undefined) return;
    const create = () =>
      this.admin.createTopics({
        topics: topics.map(({ topic }) => topic),
        partitions: first.partitions,
        replicas: first.replicationFactor,
        configs: Object.entries(first.config).map(([name, value]) => ({ name, value })),
      });
    await inOurErrors(create).catch((error: unknown) => {
      const refused = error instanceof Error ? typesOf(error.cause) : [];
      if (refused.length === 0 || refused.some((type) => type !== 'TOPIC_ALREADY_EXISTS')) throw error;
    });
  }

  async #offsetsAt(topic: string, timestamp: bigint): Promise<readonly OffsetAt[]> {
    const [asked] = await this.#partitionsOf([topic]);
    const partitions = asked?.partitions.map((partitionIndex) => ({ partitionIndex, timestamp })) ?? [];
    const [listed] = await inOurErrors(() => this.admin.listOffsets({ topics: [{ name: topic, partitions }] }));
    return listed?.partitions.map(({ partitionIndex, offset }) => ({ partition: partitionIndex, offset })) ?? [];
  }

  async #partitionsOf(topics: readonly string[]) {
    const metadata = await inOurErrors(() => this.admin.metadata({ topics: [...topics] }));
    return topics.map((topic) => {
      const count = metadata.topics.get(topic)?.partitionsCount ?? 0;
      return { topic, partitions: Array.from({ length: count }, (_, partition) => partition) };
    });
  }
}

function likeness({ partitions, replicationFactor, config }: NewTopic): string {
  return JSON.stringify([partitions, replicationFactor, config]);
}
