import type { Headers, RecordToPublish, UnreadableRecords } from '@waybill/messaging';

/**
 * What a client library has to do for the adapter. Topics and groups are named as they are on the wire; what fails, fails with
 * a {@link KafkaError}.
 */
export interface KafkaClient {
  connectAdmin(): Promise<KafkaAdmin>;
  connectProducer(): Promise<KafkaProducer>;
  /** Connects when it is started. */
  createConsumer(options: ConsumerOptions, listener: ConsumerListener): KafkaConsumer;
}

export interface Partition {
  readonly topic: string;
  readonly partition: number;
}

export interface NewTopic {
  readonly topic: string;
  readonly partitions: number;
  /** -1 = the brokers' default. */
  readonly replicationFactor: number;
  readonly config: Readonly<Record<string, string>>;
}

export interface CommittedOffset extends Partition {
  readonly offset: bigint;
  readonly metadata: string | null;
}

export interface KafkaAdmin {
  listTopics(): Promise<readonly string[]>;
  /** Whether all partitions of topics that exist have a leader. */
  haveLeaders(topics: readonly string[]): Promise<boolean>;
  /** Leaves one that exists as it is. */
  createTopics(topics: readonly NewTopic[]): Promise<void>;
  /** Settings of topics by their names, as far as the brokers tell them. */
  describeTopics(
    topics: readonly string[],
    configNames: readonly string[],
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, string | null>>>;
  /** What a group has committed; where it hasn't, the offset is negative or there is no entry. */
  committedOffsets(group: string, topics: readonly string[]): Promise<readonly CommittedOffset[]>;
  /** The earliest record, and the next one to be written, by partition in any order. */
  offsets(
    topic: string,
  ): Promise<readonly { readonly partition: number; readonly first: bigint; readonly end: bigint }[]>;
  /** The first record that is at least as young, by partition; the end where there is none. */
  offsetsAt(
    topic: string,
    timestampMs: number,
  ): Promise<readonly { readonly partition: number; readonly offset: bigint }[]>;
  close(): Promise<void>;
}

export interface KafkaProducer {
  /**
   * All of them, with acks=all, one request at a time, in the order given; keys where {@link partitionOf} puts them.
   * @throws KafkaError when the brokers haven't taken all of them. Those that they have taken aren't told.
   */
  send(records: readonly RecordToPublish[]): Promise<void>;
  close(): Promise<void>;
}

export interface ConsumerOptions {
  readonly group: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  readonly metadataMaxAgeMs: number;
}

export interface ConsumedRecord {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
  readonly timestampMs: number;
}

/** What a fetch has brought of one partition. */
export interface FetchedRecords extends Partition {
  readonly records: readonly ConsumedRecord[];
  /** Of all that was fetched, what is never delivered included; `undefined` = nothing. */
  readonly lastOffset: string | undefined;
  /** What comes behind that can't be read; the partition is fetched no further until it is sought. */
  readonly unreadable: UnreadableRecords | undefined;
}

export interface ConsumerListener {
  /** These and no others, none of them paused. What was fetched before counts no longer. */
  onAssigned(partitions: readonly Partition[]): void;
  onFetched(fetched: FetchedRecords): void;
  /** The broker no longer has this offset; it continues at the earliest one. */
  onPositionLost(partition: Partition, offset: string): void;
  /** All that one fetch has brought was taken without a crash. */
  onProgress(): void;
  /** One broker stays away while others answer; it continues without that one's lanes. Told at each try, until there is progress. */
  onUnreachable(error: Error): void;
  /** It has ended, for good. */
  onCrash(error: Error): void;
}

export interface KafkaConsumer {
  start(): Promise<void>;
  pause(partition: Partition): void;
  resume(partition: Partition): void;
  /** Also resumes it. */
  seek(partition: Partition, offset: string): void;
  commit(
    offsets: readonly { readonly partition: Partition; readonly offset: string }[],
    metadata: string | null,
  ): Promise<void>;
  /** Leaves the group. */
  close(): Promise<void>;
}
