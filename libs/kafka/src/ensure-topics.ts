import type { TopicDefaults, TopicSpec } from '@waybill/messaging';
import { BrokerUnavailable, MessagingMisconfigured } from '@waybill/messaging';
import type { Admin, ITopicConfig } from 'kafkajs';

import type { TopicNames } from './topic-names.js';

export interface EnsureTopicsOptions extends TopicDefaults {
  readonly names: TopicNames;
  readonly replicationFactor: number;
  readonly timeoutMs: number;
}

/**
 * Creates the topics that are missing and waits until every partition has a leader. Any number of replicas may do so at once.
 * @returns the names of those that were missing. @throws BrokerUnavailable when that took longer than the timeout,
 * MessagingMisconfigured when the broker refuses a topic.
 */
export async function ensureTopics(
  admin: Admin,
  topics: readonly TopicSpec[],
  options: EnsureTopicsOptions,
): Promise<readonly string[]> {
  const deadline = performance.now() + options.timeoutMs;
  const made = new Set<string>();
  for (;;) {
    try {
      const { missing, leaderless } = await lookAt(admin, topics, options.names);
      if (missing.length === 0 && !leaderless) return [...made];
      for (const { name } of missing) made.add(name);
      if (missing.length > 0) {
        await admin.createTopics({
          topics: missing.map((topic) => topicConfig(topic, options)),
          waitForLeaders: false,
        });
      }
    } catch (cause) {
      const names = topics.map(({ name }) => name).join(', ');
      if (!isWorthRepeating(cause)) {
        throw new MessagingMisconfigured([`the broker refuses to create the topics ${names}: ${String(cause)}`]);
      }
      if (performance.now() > deadline) {
        throw new BrokerUnavailable(`The topics ${names} can't be created: ${String(cause)}`, { cause });
      }
    }
    if (performance.now() > deadline) throw new BrokerUnavailable('The topics were created but got no leaders in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Asks for nothing that doesn't exist, so no topic is auto-created. */
async function lookAt(admin: Admin, topics: readonly TopicSpec[], names: TopicNames) {
  const existing = new Set(await admin.listTopics());
  const missing = topics.filter(({ name }) => !existing.has(names.toWire(name)));
  if (missing.length > 0 || topics.length === 0) return { missing, leaderless: false };
  const { topics: metadata } = await admin.fetchTopicMetadata({ topics: topics.map(({ name }) => names.toWire(name)) });
  return { missing, leaderless: metadata.some(({ partitions }) => partitions.some(({ leader }) => leader < 0)) };
}

const DAY_MS = 86_400_000;

function topicConfig(topic: TopicSpec, options: EnsureTopicsOptions): ITopicConfig {
  const { name, retentionMs = options.retentionMs } = topic;
  return {
    topic: options.names.toWire(name),
    numPartitions: options.partitions,
    replicationFactor: options.replicationFactor,
    configEntries: retentionMs === undefined ? [] : retentionEntries(retentionMs),
  };
}

/** Kafka deletes whole files, so a record is kept for up to `segment.ms` longer: by default, another week. */
function retentionEntries(retentionMs: number): NonNullable<ITopicConfig['configEntries']> {
  const retention = { name: 'retention.ms', value: String(retentionMs) };
  if (retentionMs < 0) return [retention];
  const segmentMs = Math.max(60_000, Math.min(DAY_MS, Math.ceil(retentionMs / 7)));
  return [retention, { name: 'segment.ms', value: String(segmentMs) }];
}

/** A refusal (invalid name, not authorised …) stays one; anything else may pass. */
function isWorthRepeating(error: unknown): boolean {
  return !(
    error instanceof Error &&
    'retriable' in error &&
    error.retriable === false &&
    error.name !== 'KafkaJSNumberOfRetriesExceeded'
  );
}
