import type { TopicLimits } from '@waybill/messaging';
import type { Admin } from 'kafkajs';

import type { TopicNames } from './topic-names.js';

/** The protocol's number for a topic; ES modules can't import kafkajs' enum of them. */
const TOPIC = 2;
/** Kafka's own defaults, for brokers that don't tell all of a topic's settings. */
const DEFAULTS = { 'retention.ms': '604800000', 'segment.ms': '604800000', 'max.message.bytes': '1048588' };

/** What the broker does with the records of the topics: one request for all of them. */
export async function describeTopics(
  admin: Admin,
  topics: readonly string[],
  names: TopicNames,
): Promise<readonly TopicLimits[]> {
  if (topics.length === 0) return [];
  const configNames = [...Object.keys(DEFAULTS), 'cleanup.policy'];
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((topic) => ({ type: TOPIC, name: names.toWire(topic), configNames })),
  });
  return resources.map(({ resourceName, configEntries }) => {
    const values = new Map(configEntries.map(({ configName, configValue }) => [configName, configValue]));
    const numberOf = (name: keyof typeof DEFAULTS): number => Number(values.get(name) ?? DEFAULTS[name]);
    const retentionMs = numberOf('retention.ms');
    const deletes = (values.get('cleanup.policy') ?? 'delete').includes('delete');
    return {
      topic: names.fromWire(resourceName),
      retentionMs: retentionMs < 0 || !deletes ? Infinity : retentionMs,
      segmentMs: numberOf('segment.ms'),
      maxMessageBytes: numberOf('max.message.bytes'),
    };
  });
}
