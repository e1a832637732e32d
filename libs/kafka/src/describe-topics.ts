import type { TopicLimits } from '@waybill/messaging';

import type { KafkaAdmin } from './kafka-client.js';
import type { TopicNames } from './topic-names.js';

/** Kafka's own defaults, for brokers that don't tell all of a topic's settings. */
const DEFAULTS = { 'retention.ms': '604800000', 'segment.ms': '604800000', 'max.message.bytes': '1048588' };

/** What the broker does with the records of the topics: one request for all of them. */
export async function describeTopics(
  admin: KafkaAdmin,
  topics: readonly string[],
  names: TopicNames,
): Promise<readonly TopicLimits[]> {
  if (topics.length === 0) return [];
  const described = await admin.describeTopics(
    topics.map((topic) => names.toWire(topic)),
    [...Object.keys(DEFAULTS), 'cleanup.policy'],
  );
  return [...described].map(([wireTopic, values]) => {
    const numberOf = (name: keyof typeof DEFAULTS): number => Number(values.get(name) ?? DEFAULTS[name]);
    const retentionMs = numberOf('retention.ms');
    const deletes = (values.get('cleanup.policy') ?? 'delete').includes('delete');
    return {
      topic: names.fromWire(wireTopic),
      retentionMs: retentionMs < 0 || !deletes ? Infinity : retentionMs,
      segmentMs: numberOf('segment.ms'),
      maxMessageBytes: numberOf('max.message.bytes'),
    };
  });
}
