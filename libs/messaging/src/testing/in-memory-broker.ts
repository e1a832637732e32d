import type {
  Broker,
  BrokerRecord,
  LagReader,
  Lane,
  LaneLag,
  LanePosition,
  Publisher,
  PublishOutcome,
  RecordToPublish,
  Subscription,
  SubscriptionListener,
  SubscriptionOptions,
  TopicLimits,
  UnreadableRecords,
} from '../broker.js';
import type { TopicSpec } from '../contract.js';

interface Log extends Lane {
  readonly records: BrokerRecord[];
  /** Positions of records that nobody can read. */
  readonly spoilt: Set<number>;
}

interface Group {
  readonly members: Set<InMemorySubscription>;
  readonly committed: Map<Log, number>;
  readonly owners: Map<Log, string | undefined>;
}

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
    return { publish: async (records) => records.map((record) => this.#append(record)), close: async () => {} };
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

function rebalance({ members, committed }: Group): void {
  const all = [...members];
  for (const [index, member] of all.entries()) {
    member.assign(
      member.logs.filter((_, lane) => lane % all.length === index),
      committed,
    );
  }
}

/** A lane from its assignment to the next one. */
interface AssignedLog {
  position: number;
  done: number | undefined;
}

class InMemorySubscription implements Subscription {
  readonly #assigned = new Map<Log, AssignedLog>();
  readonly #paused = new Set<Log>();
  readonly #standing = new Map<Log, UnreadableRecords>();
  #scheduled = false;
  #committing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(
    readonly logs: readonly Log[],
    private readonly listener: SubscriptionListener,
    private readonly group: Group,
    private readonly hooks: Omit<SubscriptionOptions, 'group' | 'topics'>,
  ) {}

  assign(logs: readonly Log[], committed: ReadonlyMap<Log, number>): void {
    this.#assigned.clear();
    this.#paused.clear();
    this.#standing.clear();
    for (const log of logs) {
      const position = Number(this.hooks.startAt?.(log) ?? committed.get(log) ?? 0);
      this.#assigned.set(log, { position, done: undefined });
    }
    this.listener.onAssigned(logs.map(({ topic, partition }) => ({ topic, partition })));
    this.listener.onHealth(true);
    this.deliverSoon();
  }

  deliverSoon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      for (const [log, assigned] of this.#assigned) {
        const { position } = assigned;
        if (this.#paused.has(log) || this.#standing.has(log)) continue;
        const until = [...log.spoilt].find((spoilt) => spoilt >= position) ?? Infinity;
        const records = log.records.slice(position, Math.min(position + 1_000, until));
        if (records.length === 0 && log.records.length > until) this.#standStill(log, until);
        if (records.length === 0) continue;
        assigned.position += records.length;
        this.listener.onRecords({ topic: log.topic, partition: log.partition }, records);
        this.deliverSoon();
      }
    });
  }

  pause(lane: Lane): void {
    const log = this.#find(lane);
    if (log) this.#paused.add(log);
  }

  resume(lane: Lane): void {
    const log = this.#find(lane);
    if (log) this.#paused.delete(log);
    this.deliverSoon();
  }

  skip(lane: Lane, { first, next }: UnreadableRecords): void {
    const log = this.#find(lane);
    const assigned = log && this.#assigned.get(log);
    if (log === undefined || assigned === undefined || this.#standing.get(log)?.first !== first) return;
    this.#standing.delete(log);
    assigned.position = Number(next);
    this.deliverSoon();
  }

  async acknowledge(positions: readonly LanePosition[]): Promise<void> {
    for (const position of positions) {
      const log = this.#find(position);
      const assigned = log && this.#assigned.get(log);
      if (assigned) assigned.done = Number(position.next);
    }
    await this.#commitNext();
  }

  /** One at a time, or an older position could be handed over last. */
  async #commitNext(): Promise<void> {
    this.#committing = this.#committing.then(() => this.#commit());
    await this.#committing;
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (!this.group.members.delete(this)) return;
    this.#assigned.clear();
    rebalance(this.group);
  }

  /** A lane that was lost and came back meanwhile starts over. */
  async #commit(): Promise<void> {
    const moved = [...this.#assigned].flatMap(([log, assigned]) => {
      const { done } = assigned;
      return done === undefined || done === this.group.committed.get(log) ? [] : [{ log, assigned, done }];
    });
    if (moved.length === 0) return;
    try {
      await this.hooks.beforeCommit?.(moved.map(positionOf));
    } catch {
      if (!this.#closed) setTimeout(() => void this.#commitNext(), 20).unref();
      return;
    }
    const held = moved.filter(({ log, assigned }) => this.#assigned.get(log) === assigned);
    for (const { log, done } of held) {
      this.group.committed.set(log, done);
      this.group.owners.set(log, this.hooks.owner);
    }
    if (held.length > 0) this.hooks.onCommitted?.(held.map(positionOf));
  }

  #standStill(log: Log, position: number): void {
    const records = { first: String(position), next: String(position + 1), reason: 'spoilt by a test' };
    this.#standing.set(log, records);
    this.listener.onUnreadable?.({ topic: log.topic, partition: log.partition }, records);
  }

  #find({ topic, partition }: Lane): Log | undefined {
    return [...this.#assigned.keys()].find((log) => log.topic === topic && log.partition === partition);
  }
}

function positionOf({ log: { topic, partition }, done }: { readonly log: Log; readonly done: number }): LanePosition {
  return { topic, partition, next: String(done) };
}
