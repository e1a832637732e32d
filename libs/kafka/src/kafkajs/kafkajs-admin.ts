import type { Admin, Kafka } from 'kafkajs';

import type { CommittedOffset, KafkaAdmin, NewTopic } from '../kafka-client.js';
import { inOurErrors } from './kafkajs-errors.js';

/** The protocol's number for a topic; ES modules can't import kafkajs' enum of them. */
const TOPIC = 2;

export class KafkajsAdmin implements KafkaAdmin {
  private constructor(private readonly admin: Admin) {}

  static async connect(kafka: Kafka): Promise<KafkajsAdmin> {
    const admin = kafka.admin();
    await inOurErrors(() => admin.connect());
    return new KafkajsAdmin(admin);
  }

  listTopics(): Promise<readonly string[]> {
    return inOurErrors(() => this.admin.listTopics());
  }

  async haveLeaders(topics: readonly string[]): Promise<boolean> {
    const metadata = await inOurErrors(() => this.admin.fetchTopicMetadata({ topics: [...topics] }));
    return metadata.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
  }

  async createTopics(topics: readonly NewTopic[]): Promise<void> {
    const wanted = topics.map(({ topic, partitions, replicationFactor, config }) => ({
      topic,
      numPartitions: partitions,
      replicationFactor,
      configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
    }));
    await inOurErrors(() => this.admin.createTopics({ topics: wanted, waitForLeaders: false }));
  }

  async describeTopics(topics: readonly string[], configNames: readonly string[]) {
    const asked = topics.map((name) => ({ type: TOPIC, name, configNames: [...configNames] }));
    const { resources } = await inOurErrors(() =>
      this.admin.describeConfigs({ includeSynonyms: false, resources: asked }),
    );
    return new Map(
      resources.map(({ resourceName, configEntries }) => [
        resourceName,
        new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
      ]),
    );
  }

  async committedOffsets(group: string, topics: readonly string[]): Promise<readonly CommittedOffset[]> {
    const answered = await inOurErrors(() => this.admin.fetchOffsets({ groupId: group, topics: [...topics] }));
    return answered.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset, metadata }) => ({ topic, partition, offset: BigInt(offset), metadata })),
    );
  }

  async offsets(topic: string) {
    const ends = await inOurErrors(() => this.admin.fetchTopicOffsets(topic));
    return ends.map(({ partition, high, low }) => ({ partition, first: BigInt(low), end: BigInt(high) }));
  }

  async offsetsAt(topic: string, timestampMs: number) {
    const offsets = await inOurErrors(() => this.admin.fetchTopicOffsetsByTimestamp(topic, timestampMs));
    return offsets.map(({ partition, offset }) => ({ partition, offset: BigInt(offset) }));
  }

  close(): Promise<void> {
    return this.admin.disconnect();
  }
}
