import type { TopicDefaults, TopicSpec } from '@waybill/messaging';
import { BrokerUnavailable, MessagingMisconfigured } from '@waybill/messaging';

import type { KafkaAdmin, NewTopic } from './kafka-client.js';
import { KafkaError } from './kafka-errors.js';
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
  admin: KafkaAdmin,
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
        await admin.createTopics(missing.map((topic) => newTopic(topic, options)));
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
async function lookAt(admin: KafkaAdmin, topics: readonly TopicSpec[], names: TopicNames) {
  const existing = new Set(await admin.listTopics());
  const missing = topics.filter(({ name }) => !existing.has(names.toWire(name)));
  if (missing.length > 0 || topics.length === 0) return { missing, leaderless: false };
  return { missing, leaderless: !(await admin.haveLeaders(topics.map(({ name }) => names.toWire(name)))) };
}

const DAY_MS = 86_400_000;

function newTopic(topic: TopicSpec, options: EnsureTopicsOptions): NewTopic {
  const { name, retentionMs = options.retentionMs } = topic;
  return {
    topic: options.names.toWire(name),
    partitions: options.partitions,
    replicationFactor: options.replicationFactor,
    config: retentionMs === undefined ? {} : retentionConfig(retentionMs),
  };
}

/** Kafka deletes whole files, so a record is kept for up to `segment.ms` longer: by default, another week. */
function retentionConfig(retentionMs: number): NewTopic['config'] {
  const retention = { 'retention.ms': String(retentionMs) };
  if (retentionMs < 0) return retention;
  const segmentMs = Math.max(60_000, Math.min(DAY_MS, Math.ceil(retentionMs / 7)));
  return { ...retention, 'segment.ms': String(segmentMs) };
}

/** What no waiting changes; anything else may pass. */
const REFUSALS = new Set(
  `INVALID_TOPIC_EXCEPTION INVALID_PARTITIONS INVALID_CONFIG INVALID_REQUEST POLICY_VIOLATION TOPIC_AUTHORIZATION_FAILED
    CLUSTER_AUTHORIZATION_FAILED UNSUPPORTED_VERSION`.split(/\s+/),
);

function isWorthRepeating(error: unknown): boolean {
  return !(error instanceof KafkaError && REFUSALS.has(error.type));
}
