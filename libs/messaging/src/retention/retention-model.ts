/** How long the broker can still deliver a record of a topic. */
export interface TopicRetention {
  readonly topic: string;
  /** `retention.ms`; `Infinity` = it keeps records for ever. */
  readonly retentionMs: number;
  /** The longest that this broker could keep a record. @default for ever */
  readonly longestRetentionMs?: number;
  /** `segment.ms`: a record stays until the newest one of its file is old enough, so this much longer at most. */
  readonly segmentMs: number;
  /** The largest record that it takes, in bytes. */
  readonly maxMessageBytes: number;
  /** The application wants it kept for ever, and handles its records as often as they come. */
  readonly keptForEver: boolean;
}

/** What the outbox works with. */
export interface OutboxLimits {
  /** How long it keeps published rows, in milliseconds; `undefined` = another process relays and sweeps them. */
  readonly retentionMs: number | undefined;
  /** The largest record that it lets through, in bytes. */
  readonly maxMessageBytes: number;
}

/** Every time that has to fit the others, in milliseconds. */
export interface RetentionModel {
  /** How long the inbox remembers a message. */
  readonly inboxWindowMs: number;
  /** How long the outbox keeps published rows. */
  readonly outboxMs: number;
  /** How long dead letters are kept once they are handled or discarded. */
  readonly deadLettersMs: number;
  /** How much later than a message its repeat by a relay may come: the longest outage that is provided for. */
  readonly outageMs: number;
  /** Absent = there is no payload store. */
  readonly claimCheck: { readonly retentionMs: number; readonly thresholdBytes: number } | undefined;
  /** The largest record that the outbox lets through, in bytes. @default not compared */
  readonly maxMessageBytes?: number;
  /** Topics that this service handles messages of. */
  readonly consumed: readonly TopicRetention[];
  /** All topics that this service reads or writes. */
  readonly topics: readonly TopicRetention[];
}
