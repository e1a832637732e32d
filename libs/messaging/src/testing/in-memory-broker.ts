import type {
  Broker,
  BrokerRecord,
  LagReader,
  LaneLag,
  Publisher,
  PublishOutcome,
  RecordToPublish,
  Subscription,
  SubscriptionListener,
  SubscriptionOptions,
  TopicLimits,
} from '../broker.js';
import type { TopicSpec } from '../contract.js';
import { InMemorySubscription, rebalance } from './in-memory-subscription.js';
import type { Group, Log } from './in-memory-subscription.js';

const MOST_BYTES = 1_048_588;

/** {@link Broker} in memory, as strict as the contract: records are delivered again from the acknowledged position on. */
export class InMemoryBroker implements Broker {
  readonly #partitions: number;
  readonly #topics = new Map<string, readonly Log[]>();
  readonly #retentions = new Map<string, number>();
  readonly #groups = new Map<string, Group>();
  #keyless = 0;
  /** Topics that refuse every record. */
  readonly refusing = new Map<string, { readonly error: Error; readonly retriable: boolean }>();

  constructor(partitions = 3) {
    this.#partitions = partitions;
  }

  async ensureTopics(topics: readonly TopicSpec[]): Promise<readonly string[]> {
    const missing = topics.filter(({ name }) => !this.#topics.has(name)).map(({ name }) => name);
    for (const { name, retentionMs } of topics) {
      if (this.#topics.has(name)) continue;
      if (retentionMs !== undefined) this.#retentions.set(name, retentionMs < 0 ? Infinity : retentionMs);
      const logs = Array.from({ length: this.#partitions }, (_, partition) => ({
        topic: name,
        partition,
        records: [],
        spoilt: new Set<number>(),
      }));
      this.#topics.set(name, logs);
    }
    return missing;
  }

  /** For ever, where the topic was created so; 7 days unless it says otherwise. */
  async describeTopics(topics: readonly string[]): Promise<readonly TopicLimits[]> {
    return topics
      .filter((topic) => this.#topics.has(topic))
      .map((topic) => ({
        topic,
        retentionMs: this.#retentions.get(topic) ?? 604_800_000,
        segmentMs: 604_800_000,
        maxMessageBytes: MOST_BYTES,
      }));
  }

  async createPublisher(): Promise<Publisher> {
    return { publish: async (records) => this.#appendAll(records), close: async () => {} };
  }

  async subscribe(
    { group, topics, ...hooks }: SubscriptionOptions,
    listener: SubscriptionListener,
  ): Promise<Subscription> {
    const logs = topics.flatMap((topic) => this.#topics.get(topic) ?? []);
    const members = this.#groups.get(group) ?? { members: new Set(), committed: new Map(), owners: new Map() };
    this.#groups.set(group, members);
    const subscription = new InMemorySubscription(logs, listener, members, hooks);
    members.members.add(subscription);
    rebalance(members);
    return subscription;
  }

  partitionOf(key: Buffer, partitions: number): number {
    return key.reduce((sum, byte) => (sum * 31 + byte) % 1_000_003, 7) % partitions;
  }

  createLagReader({ group, topics }: SubscriptionOptions): LagReader {
    const lagOf = (log: Log): LaneLag => {
      const { topic, partition, records } = log;
      const next = this.#groups.get(group)?.committed.get(log) ?? 0;
      const oldest = records[next];
      const ageMs = oldest ? Date.now() - oldest.timestampMs : 0;
      return {
        topic,
        partition,
        messages: records.length - next,
        ageMs,
        first: '0',
        next: this.#groups.get(group)?.committed.get(log)?.toString(),
        owner: this.#groups.get(group)?.owners.get(log),
        end: String(records.length),
      };
    };
    return {
      read: async () => topics.flatMap((topic) => (this.#topics.get(topic) ?? []).map(lagOf)),
      close: async () => {},
    };
  }

  /** Reassigns the lanes, as when a member joins. */
  rebalance(group: string): void {
    const members = this.#groups.get(group);
    if (members) rebalance(members);
  }

  /** Positions that the group has acknowledged, by `topic/partition`. */
  committed(group: string): ReadonlyMap<string, number> {
    const entries = [...(this.#groups.get(group)?.committed ?? [])];
    return new Map(entries.map(([{ topic, partition }, position]) => [`${topic}/${partition}`, position]));
  }

  records(topic: string): readonly BrokerRecord[] {
    return (this.#topics.get(topic) ?? []).flatMap(({ records }) => records);
  }

  /** With everything in it, and what the groups have read of it. */
  deleteTopic(topic: string): void {
    this.#topics.delete(topic);
  }

  /** Makes what is published next to the topic unreadable. */
  spoilNext(topic: string): void {
    for (const { records, spoilt } of this.#topics.get(topic) ?? []) spoilt.add(records.length);
  }

  async close(): Promise<void> {
    for (const { members } of this.#groups.values()) for (const member of members) await member.close();
  }

  /** Nothing of a key passes a record that was refused. */
  #appendAll(records: readonly RecordToPublish[]): PublishOutcome[] {
    const refused = new Set<string>();
    return records.map((record) => {
      const key = record.key && `${record.topic} ${record.key.toString('latin1')}`;
      if (key !== null && refused.has(key)) {
        return { ok: false, error: new Error('An earlier record of its key was refused'), retriable: true };
      }
      const outcome = this.#append(record);
      if (key !== null && !outcome.ok && !outcome.retriable) refused.add(key);
      return outcome;
    });
  }

  #append({ topic, key, value, headers }: RecordToPublish): PublishOutcome {
    const refusal = this.refusing.get(topic);
    if (refusal) return { ok: false, ...refusal };
    const logs = this.#topics.get(topic);
    if (!logs) return { ok: false, error: new Error(`Unknown topic ${topic}`), retriable: true };
    const bytes = (key?.length ?? 0) + (value?.length ?? 0);
    if (bytes > MOST_BYTES) return { ok: false, error: new Error(`${bytes} bytes are too many`), retriable: false };
    const partition = key === null ? (this.#keyless += 1) % logs.length : this.partitionOf(key, logs.length);
    const log = logs[partition];
    if (!log) throw new RangeError(`No partition ${partition}`);
    const position = String(log.records.length);
    log.records.push({ topic, partition, position, key, value, headers, timestampMs: Date.now() });
    for (const { members } of this.#groups.values()) for (const member of members) member.deliverSoon();
    return { ok: true };
  }
}
