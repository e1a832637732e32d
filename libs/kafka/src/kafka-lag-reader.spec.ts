import type { KafkaAdmin } from './kafka-client.js';
import { KafkaLagReader } from './kafka-lag-reader.js';
import { TopicNames } from './topic-names.js';

const HOUR_MS = 3_600_000;
const NOW = 1_000 * HOUR_MS;

/** A lane with two records, three hours old; a third one arrives as soon as its end has been read. */
const growingLane: Partial<KafkaAdmin> = {
  close: async () => {},
  listTopics: async () => ['notes'],
  committedOffsets: async () => [{ topic: 'notes', partition: 0, offset: 0n, metadata: null }],
  offsets: async () => [{ partition: 0, first: 0n, end: 2n }],
  /** Where no record is as young as that, the end. */
  offsetsAt: async (_topic, timestampMs) => [{ partition: 0, offset: timestampMs <= NOW - 3 * HOUR_MS ? 0n : 3n }],
};

it('dates an old backlog right, although a record arrives while times past are asked for', async () => {
  const client = { connectAdmin: async () => growingLane as KafkaAdmin }; // it is asked for nothing else
  const reader = new KafkaLagReader(client, new TopicNames(''), { group: 'g', topics: ['notes'] }, () => NOW);
  expect(await reader.read()).toMatchObject([{ messages: 2, end: '2', ageMs: 2 * HOUR_MS }]);
  await reader.close();
});
