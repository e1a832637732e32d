import type { LogConfig } from './log/partition-log.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The settings that mean something here, with Kafka's names and defaults (its segments are larger). */
export interface TopicDefaults {
  /** @default 7 days */
  readonly retentionMs: number;
  /** Per partition. @default -1, no limit */
  readonly retentionBytes: number;
  /** @default 64 MiB */
  readonly segmentBytes: number;
  /** @default 1 MiB and 12 bytes, as Apache Kafka */
  readonly maxMessageBytes: number;
}

export const DEFAULT_TOPIC_CONFIG: TopicDefaults = {
  retentionMs: 7 * DAY_MS,
  retentionBytes: -1,
  segmentBytes: 64 * 1024 * 1024,
  maxMessageBytes: 1024 * 1024 + 12,
};

const MINIMUM: Readonly<Record<string, number>> = {
  'retention.ms': -1,
  'retention.bytes': -1,
  'segment.bytes': 14,
  'max.message.bytes': 0,
};

/** Configs that clients set out of habit: kept and described, without effect on a single broker. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'cleanup.policy',
  'compression.type',
  'delete.retention.ms',
  'file.delete.delay.ms',
  'flush.messages',
  'flush.ms',
  'index.interval.bytes',
  'max.compaction.lag.ms',
  'message.timestamp.type',
  'min.cleanable.dirty.ratio',
  'min.compaction.lag.ms',
  'min.insync.replicas',
  'preallocate',
  'segment.index.bytes',
  'segment.jitter.ms',
  'segment.ms',
  'unclean.leader.election.enable',
]);

/** What is wrong with a topic's config, in words; undefined if nothing is. */
export function findConfigFault(name: string, value: string | null): string | undefined {
  if (WITHOUT_EFFECT.has(name)) return undefined;
  const minimum = MINIMUM[name];
  if (minimum === undefined) return `Unknown topic config name: ${name}`;
  const isValid = value !== null && /^-?\d{1,15}$/.test(value) && Number(value) >= minimum;
  return isValid ? undefined : `Invalid value ${value} for configuration ${name}: an integer of at least ${minimum}`;
}

export function toLogConfig(configs: ReadonlyMap<string, string>, defaults: TopicDefaults): LogConfig {
  const numberOf = (name: string, otherwise: number): number => Number(configs.get(name) ?? otherwise);
  return {
    retentionMs: numberOf('retention.ms', defaults.retentionMs),
    retentionBytes: numberOf('retention.bytes', defaults.retentionBytes),
    segmentBytes: numberOf('segment.bytes', defaults.segmentBytes),
    maxBatchBytes: numberOf('max.message.bytes', defaults.maxMessageBytes),
  };
}

/** All that DescribeConfigs shows of a topic: name, value, and whether the topic has it of its own. */
export function describeTopicConfig(
  configs: ReadonlyMap<string, string>,
  defaults: TopicDefaults,
): readonly { readonly name: string; readonly value: string; readonly isDefault: boolean }[] {
  const effective = toLogConfig(configs, defaults);
  const all = new Map([
    ['cleanup.policy', 'delete'],
    ['compression.type', 'producer'],
    ['max.message.bytes', String(effective.maxBatchBytes)],
    ['message.timestamp.type', 'CreateTime'],
    ['min.insync.replicas', '1'],
    ['retention.bytes', String(effective.retentionBytes)],
    ['retention.ms', String(effective.retentionMs)],
    ['segment.bytes', String(effective.segmentBytes)],
    ...configs,
  ]);
  return [...all].map(([name, value]) => ({ name, value, isDefault: !configs.has(name) }));
}
