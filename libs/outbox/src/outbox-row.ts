/** A message as the table `outbox` holds it; the names are the columns'. */
export interface NewOutboxRow {
  readonly id: string;
  readonly aggregatetype: string;
  readonly aggregateid: string;
  readonly type: string;
  readonly payload: Buffer;
  readonly topic: string;
  readonly key: Buffer | null;
  /** Index and lock of the key; see {@link hashKey}. */
  readonly keyHash: number;
  /** -1 - shard while it waits for an operator, as its key has a row that the broker refuses for good. */
  readonly shard: number;
  readonly source: string;
  readonly subject: string | null;
  readonly time: string;
  readonly correlationid: string;
  readonly causationid: string | null;
  readonly traceparent: string | null;
}

/** What the relay needs of a row, whether it comes from memory or from the table. */
export interface OutboxRow extends Omit<NewOutboxRow, 'aggregatetype' | 'aggregateid' | 'keyHash'> {
  /** Per topic and key, in commit order. */
  readonly seq: number;
}

/** A row that this process has just committed. */
export interface CommittedRow extends OutboxRow {
  /**
   * The highest unpublished row of the same topic and key that the flush saw, under the key's lock; `undefined` if there
   * was none. The process that publishes this row must have published that one, or be about to.
   */
  readonly unpublishedBefore: number | undefined;
}

/** Takes over rows after their transaction has committed. Must not throw. */
export interface CommittedRows {
  /**
   * The shard in which a row of this process goes, given that of its key's hash: one that the process itself holds, so that it
   * can publish the row from memory. Where the key has unpublished rows, theirs counts instead.
   */
  shardFor(topic: string, hashed: number): number;
  accept(rows: readonly CommittedRow[]): void;
  /** Rows that were there before have become publishable. */
  lookAgain(): void;
}
