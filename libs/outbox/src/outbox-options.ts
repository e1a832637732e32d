import type { ClaimCheck, MaskableContract, TopicSpec } from '@waybill/messaging';
import { assertNoFaults, optionFaults } from '@waybill/observability';

export interface RelayOptions {
  /** How often every shard is looked at, whatever was or wasn't notified. @default 2000 */
  readonly pollIntervalMs?: number;
  /** How long a lease outlives its owner: the longest a shard is without a relay. Renewed three times as often. @default 5000 */
  readonly leaseMs?: number;
  /** Most messages in one request to the broker. @default 500 */
  readonly batchSize?: number;
  /** Most bytes in one request to the broker, unless one message alone has more. Below what a broker takes for one lane, often 1 MB. @default 650000 */
  readonly batchBytes?: number;
  /** Most messages that enter memory on their commit; later ones wait in the table, and a claim under way adds one batch. @default 10000 */
  readonly memoryMessages?: number;
  /** Most bytes waiting in memory; later messages wait in the table. @default 32000000 */
  readonly memoryBytes?: number;
  /** How long the marks of published rows are gathered before they are written together. @default 100 */
  readonly markIntervalMs?: number;
  /** After this long a request without an answer counts as refused. @default 15000 */
  readonly publishTimeoutMs?: number;
  /** First and longest pause after a refusal by the broker. @default 100 */
  readonly retryBaseMs?: number;
  /** @default 10000 */
  readonly retryMaxMs?: number;
  /** How long published rows are kept for lineage. @default 604800000 (7 days) */
  readonly retentionMs?: number;
  /** How often published rows are swept. @default 60000 */
  readonly sweepIntervalMs?: number;
  /** How long a stopping relay keeps publishing what is in memory. @default 5000 */
  readonly drainMs?: number;
}

export interface OutboxOptions {
  /** `ce_source` of everything this service sends: `/payment`. */
  readonly source: string;
  /** The topics it may send to; others are refused by `add`. @default any */
  readonly topics?: readonly (string | TopicSpec)[];
  /**
   * Largest message (payload, key and headers) in bytes that goes to the broker; a larger payload needs a claim check.
   * @default 1000000, which every adapter's broker takes by default
   */
  readonly maxMessageBytes?: number;
  /** What it sends: says what an operator may see of a message's data. Of messages of no contract only the shape is shown. @default none */
  readonly contracts?: readonly MaskableContract[];
  /** Relays elsewhere are notified at most once in this time: NOTIFY serialises commits. @default 25 */
  readonly notifyIntervalMs?: number;
  /** `false` = another process relays. @default {} */
  readonly relay?: RelayOptions | false;
}

export type RelaySettings = Required<RelayOptions>;

export interface OutboxSettings {
  readonly source: string;
  readonly topics: readonly string[] | undefined;
  /** Those of the topics whose records the broker never deletes. */
  readonly keptForEver: ReadonlySet<string>;
  readonly maxMessageBytes: number;
  readonly contracts: readonly MaskableContract[];
  readonly notifyIntervalMs: number;
  readonly relay: RelaySettings | undefined;
}

const DAY_MS = 86_400_000;
const DURATION = [1, DAY_MS] as const;

const RELAY_RANGES = {
  pollIntervalMs: DURATION,
  leaseMs: [100, DAY_MS],
  batchSize: [1, 100_000],
  batchBytes: [1, 900_000_000],
  memoryMessages: [1, 1_000_000],
  memoryBytes: [1, 900_000_000],
  markIntervalMs: DURATION,
  publishTimeoutMs: DURATION,
  retryBaseMs: DURATION,
  retryMaxMs: DURATION,
  retentionMs: [0, 3650 * DAY_MS],
  sweepIntervalMs: DURATION,
  drainMs: [0, DAY_MS],
} as const;

/** @throws ConfigError listing every option that can't be used. */
export function resolveOptions(options: OutboxOptions): OutboxSettings {
  const { source, topics, contracts = [], maxMessageBytes = 1_000_000, notifyIntervalMs = 25, relay = {} } = options;
  assertNoFaults([
    ...optionFaults('OutboxModule.', options, { maxMessageBytes: [1, 900_000_000], notifyIntervalMs: [1, 60_000] }),
    ...optionFaults('OutboxModule.relay.', relay === false ? {} : relay, RELAY_RANGES),
  ]);
  return {
    source,
    topics: topics?.map((topic) => (typeof topic === 'string' ? topic : topic.name)),
    keptForEver: new Set(
      topics?.flatMap((topic) => (typeof topic !== 'string' && topic.retentionMs === -1 ? [topic.name] : [])),
    ),
    maxMessageBytes,
    contracts,
    notifyIntervalMs,
    relay: relay === false ? undefined : resolveRelay(relay),
  };
}

/** What a key, a subject and the envelope may add to a payload that is just small enough to travel whole. */
const HEAD_BYTES = 16_384;

/** @throws ConfigError if a payload could be too large for the broker and too small for the payload store. */
export function assertThreshold({ maxMessageBytes }: OutboxSettings, claimCheck: ClaimCheck | undefined): void {
  if (!claimCheck) return;
  const max = Math.max(1, maxMessageBytes - HEAD_BYTES);
  assertNoFaults(optionFaults('ClaimCheckModule.', claimCheck, { thresholdBytes: [1, max] }));
}

function resolveRelay(options: RelayOptions): RelaySettings {
  return {
    pollIntervalMs: options.pollIntervalMs ?? 2_000,
    leaseMs: options.leaseMs ?? 5_000,
    batchSize: options.batchSize ?? 500,
    batchBytes: options.batchBytes ?? 650_000,
    memoryMessages: options.memoryMessages ?? 10_000,
    memoryBytes: options.memoryBytes ?? 32_000_000,
    markIntervalMs: options.markIntervalMs ?? 100,
    publishTimeoutMs: options.publishTimeoutMs ?? 15_000,
    retryBaseMs: options.retryBaseMs ?? 100,
    retryMaxMs: options.retryMaxMs ?? 10_000,
    retentionMs: options.retentionMs ?? 7 * DAY_MS,
    sweepIntervalMs: options.sweepIntervalMs ?? 60_000,
    drainMs: options.drainMs ?? 5_000,
  };
}
