import type { Admin, Kafka } from 'kafkajs';

import { KafkaLagReader } from './kafka-lag-reader.js';
import { TopicNames } from './topic-names.js';

const HOUR_MS = 3_600_000;
const NOW = 1_000 * HOUR_MS;

/** A lane with two records, three hours old; a third one arrives as soon as its end has been read. */
class GrowingLane implements Partial<Admin> {
  async connect(): Promise<void> {}
  async disconnect(): Promise<void> {}
  async listTopics(): Promise<string[]> {
    return ['notes'];
  }
  async fetchOffsets() {
    return [{ topic: 'notes', partitions: [{ partition: 0, offset: '0', metadata: null }] }];
  }
  async fetchTopicOffsets() {
    return [{ partition: 0, offset: '2', high: '2', low: '0' }];
  }
  /** Where no record is as young as that, the end. */
  async fetchTopicOffsetsByTimestamp(_topic: string, timestamp = 0) {
    return [{ partition: 0, offset: timestamp <= NOW - 3 * HOUR_MS ? '0' : '3' }];
  }
}

it('dates an old backlog right, although a record arrives while times past are asked for', async () => {
  const admin = new GrowingLane() as Partial<Admin> as Admin;
  const kafka = { admin: () => admin } as Partial<Kafka> as Kafka;
  const reader = new KafkaLagReader(kafka, new TopicNames(''), { group: 'g', topics: ['notes'] }, () => NOW);
  expect(await reader.read()).toMatchObject([{ messages: 2, end: '2', ageMs: 2 * HOUR_MS }]);
  await reader.close();
});
