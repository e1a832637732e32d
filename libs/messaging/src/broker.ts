import type { TopicSpec } from './contract.js';

/** An ordered lane of one topic, by its number. Records of one key are always on one lane. */
export interface Lane {
  readonly topic: string;
  readonly partition: number;
}

export type HeaderValue = Buffer | string;

/** Header values as they travel, by name; of a header that is repeated on the wire all of them, in their order. */
export type Headers = Readonly<Record<string, HeaderValue | readonly HeaderValue[]>>;

export interface RecordToPublish {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
}

/** `retriable: false` = no broker would ever take it (too large, topic name invalid …). */
export type PublishOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: Error; readonly retriable: boolean };

/**
 * Publishes batches, one outcome per record, in the order given.
 * Ordered: records of one call to one topic and key appear in order. A caller that needs order between calls waits for
 * one before it makes the next. Repeatable: a record reported as failed may still be in the log (at least once).
 * Never throws for a failed record; the broker's timestamp is the time of publishing.
 */
export interface Publisher {
  publish(records: readonly RecordToPublish[]): Promise<readonly PublishOutcome[]>;
  close(): Promise<void>;
}

export interface BrokerRecord extends Lane {
  /** Position in the lane, a whole number as decimal text. */
  readonly position: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
  /** Milliseconds since 1970, set by the broker or the sender. */
  readonly timestampMs: number;
}

/** Records that are there, but that nobody can read: a broken checksum, an unknown compression. */
export interface UnreadableRecords {
  /** Position of the first of them. */
  readonly first: string;
  /** Position behind the last of them. */
  readonly next: string;
  readonly reason: string;
}

/** What a subscription tells its consumer. None of these may block: they hand over and return. */
export interface SubscriptionListener {
  /** Records of one lane, in order, following on from what was handed over before. */
  onRecords(lane: Lane, records: readonly BrokerRecord[]): void;
  /** The lanes were reassigned: whatever hasn't been started is dropped, it will be delivered again. */
  onAssigned(lanes: readonly Lane[]): void;
  /** The subscription died and is being rebuilt (`false`), or works again (`true`). Drives readiness. */
  onHealth(healthy: boolean, cause?: Error): void;
  /** The lane stands still before these records until they are skipped. Told again after each assignment. */
  onUnreadable?(lane: Lane, records: UnreadableRecords): void;
  /**
   * The broker no longer has the record at this position; delivery continues at the earliest one that it has.
   * @param log where the adapter knows it: what was read before isn't what the broker has now, however far that reaches
   */
  onPositionLost?(position: LanePosition, log?: LostLog): void;
}

/** The log was wiped or made again, or its server has lost the end of it. */
export type LostLog = 'replaced';

/** Everything before `next` on the lane is done. */
export interface LanePosition extends Lane {
  readonly next: string;
}

export interface Subscription {
  pause(lane: Lane): void;
  resume(lane: Lane): void;
  /** Lets the broker forget what comes before each position. A lane that was lost meanwhile is ignored. */
  acknowledge(positions: readonly LanePosition[]): Promise<void>;
  /** Passes records that can't be read. A lane that was lost meanwhile, or stands elsewhere, is ignored. */
  skip(lane: Lane, records: UnreadableRecords): void;
  /** Stops delivery, leaves the group. Positions acknowledged before count. */
  close(): Promise<void>;
}

export interface SubscriptionOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** Whose positions they are: the broker keeps it with each of them. */
  readonly owner?: string;
  /** Asked at each assignment: the position to begin at, where it isn't the acknowledged one. */
  readonly startAt?: (lane: Lane) => string | undefined;
  /** Awaited before positions are handed to the broker; while it fails, they aren't. */
  readonly beforeCommit?: (positions: readonly LanePosition[]) => Promise<void>;
  /** The broker has taken them. */
  readonly onCommitted?: (positions: readonly LanePosition[]) => void;
}

/** How far a group is behind on one lane. */
export interface LaneLag extends Lane {
  /** Records that wait to be acknowledged, those being handled included. */
  readonly messages: number;
  /** Age of the oldest of them in milliseconds, at least: it was first seen so long ago. 0 if there is none. */
  readonly ageMs: number;
  /** Position of the earliest record that the broker still has. */
  readonly first: string;
  /** What the group has acknowledged; `undefined` = nothing, or the broker has forgotten it. */
  readonly next: string | undefined;
  /** Who acknowledged it; `undefined` = nobody, or it was before that was kept. */
  readonly owner: string | undefined;
  /** Position of the next record to be published. */
  readonly end: string;
}

/** Records of a topic that the broker itself has given up delivering, to whichever group: nobody handles them. */
export interface BrokerDeadLetters {
  readonly topic: string;
  /** Name of the dead-letter queue that the broker has put them into. */
  readonly queue: string;
  readonly records: number;
}

/** Reads what a group has acknowledged against what there is, whether anyone consumes it or not. Cheap enough for each few seconds. */
export interface LagReader {
  /** One entry per lane of the topics that exist, by partition. @throws when the broker can't say */
  read(): Promise<readonly LaneLag[]>;
  /** One entry per topic that exists, also where there are none. Absent: the broker never gives up. @throws when the broker can't say */
  deadLetters?(): Promise<readonly BrokerDeadLetters[]>;
  close(): Promise<void>;
}

/** What a broker does with the records of a topic. */
export interface TopicLimits {
  readonly topic: string;
  /** How long a record is kept at least; `Infinity` = for ever. */
  readonly retentionMs: number;
  /** The longest that it could be kept. @default for ever */
  readonly longestRetentionMs?: number;
  /** How much longer it may be delivered, because records are deleted many at once. */
  readonly segmentMs: number;
  /** The largest record, in bytes. */
  readonly maxMessageBytes: number;
}

/** The port to a message broker. Its adapters are libs of their own (docs/brokers.md), or yours (docs/write-a-broker.md); nothing here knows them. */
export interface Broker {
  createPublisher(): Promise<Publisher>;
  /** A group's first start, and a new lane's first record, begin at the earliest record. */
  subscribe(options: SubscriptionOptions, listener: SubscriptionListener): Promise<Subscription>;
  /** On which of the topic's partitions the records of a key are. */
  partitionOf(key: Buffer, partitions: number): number;
  /** Connects at the first reading. */
  createLagReader(options: SubscriptionOptions): LagReader;
  /**
   * Creates what is missing with the deployment's number of partitions; leaves what exists. @returns the names of those that it created.
   * @throws BrokerUnavailable when the broker can't be reached in time, MessagingMisconfigured when it refuses a topic.
   */
  ensureTopics(topics: readonly TopicSpec[]): Promise<readonly string[]>;
  /** One entry for each topic that exists. @throws when the broker can't say. */
  describeTopics(topics: readonly string[]): Promise<readonly TopicLimits[]>;
  close(): Promise<void>;
}

/** What topics get that are created here, unless they say otherwise themselves. */
export interface TopicDefaults {
  readonly partitions: number;
  /** How long they keep their records, in milliseconds. @default the broker's own */
  readonly retentionMs?: number | undefined;
}

/** Where an adapter logs; Nest's `Logger` fits. */
export interface BrokerLog {
  error(message: string): void;
  warn(message: string): void;
  debug(message: string): void;
}

/** Makes the broker of an application; each adapter exports a function that returns one. Nothing is connected yet. */
export type OpenBroker = (topics: TopicDefaults, log: BrokerLog) => Broker;
