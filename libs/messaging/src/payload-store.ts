/**
 * Keeps the payloads that are too large for the broker. One store is shared by senders and receivers, and has an address of
 * its own, apart from their databases. A failure of the store itself rejects; it is retried and never blamed on a message.
 * Source of the pattern: Claim Check (Hohpe, Woolf: Enterprise Integration Patterns).
 */
export interface PayloadStore {
  /** Durable once it resolves. Repeatable: the same id again replaces the payload and renews its age. `id` is a UUID. */
  put(id: string, payload: Buffer): Promise<void>;
  /** `undefined` = the store works and holds no such payload. */
  get(id: string): Promise<Buffer | undefined>;
  /** Makes payloads young again, because a message that refers to them is still to be handled; unknown ids are passed over. */
  renew(ids: readonly string[]): Promise<void>;
  /** Deletes payloads that are older than that, at most `limit` of them. @returns how many. */
  sweep(olderThanMs: number, limit: number): Promise<number>;
  /** Deletes payloads for good, as they say what must be forgotten; unknown ids are passed over. */
  remove(ids: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** The store and the rules of its use, the same on both sides. */
export interface ClaimCheck {
  readonly store: PayloadStore;
  /** Payloads above this travel by reference. */
  readonly thresholdBytes: number;
  /** The largest payload that the outbox takes. */
  readonly maxPayloadBytes: number;
  /** How long a payload is kept since it was put or renewed. */
  readonly retentionMs: number;
}
