import type { BrokerRecord } from './broker.js';
import type { MessageContract } from './contract.js';
import type { MessageIdentity, PlacedMessage } from './received-message.js';

/** A row that a handler will change, named before it runs, so that a batch locks all of them in one order. */
export interface RowLock {
  /** Table name, unquoted. */
  readonly table: string;
  /** Column that identifies the row. */
  readonly column: string;
  readonly key: string;
}

/**
 * Runs work in one database transaction. `Tx` is whatever the adapter hands to handlers.
 * Implemented by `@waybill/database`.
 */
export interface UnitOfWork<Tx> {
  /** Commits when `work` resolves, rolls back when it rejects. */
  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  /** Locks the rows until the end of the transaction, sorted, so that two batches can't deadlock on them. */
  lockRows(tx: Tx, locks: readonly RowLock[]): Promise<void>;
  /**
   * Asked behind each handler. A handler that swallowed the failure of a statement is to blame for what that breaks, not the next one. Absent =
   * a failed statement leaves the rest of a transaction as it was.
   * @throws if a statement has failed, unnoticed, and nothing more can be done in the transaction.
   */
  assertIntact?(tx: Tx): Promise<void>;
  /** A handler is given up while it still runs: whatever it does in the transaction from now on must fail. The rollback follows. Never throws. */
  abandon?(tx: Tx): void;
  /** Deadlock, serialization failure, lost connection, ambiguous commit: try again, no message is to blame. */
  isTransient(error: unknown): boolean;
  /** The database can't store what the message says, however often it is tried: the message is dead-lettered at once. */
  isUnstorable(error: unknown): boolean;
}

/**
 * Remembers which messages a consumer group has dealt with. Implemented by `@waybill/idempotency`.
 * Source of the pattern: Idempotent Receiver (Hohpe, Woolf: Enterprise Integration Patterns).
 */
export interface Inbox<Tx> {
  /** How long it remembers a message, in milliseconds; for the check of retention. */
  readonly windowMs?: number;
  /**
   * Inserts a row per message, outcome `handled`, in the caller's transaction; waits for a rival transaction that has the same message.
   * @returns for each message whether it is new; `false` = somebody has dealt with it, skip it.
   */
  claim(tx: Tx, group: string, messages: readonly PlacedMessage[]): Promise<readonly boolean[]>;
  /** Changes the outcome of rows that were claimed in this transaction or before it. */
  mark(tx: Tx, group: string, messages: readonly MessageIdentity[], outcome: InboxOutcome): Promise<void>;
  /** Which of the messages are already dealt with. Takes no lock; for skipping work early, never for correctness. */
  seen(tx: Tx, group: string, messages: readonly MessageIdentity[]): Promise<readonly boolean[]>;
}

/** What has become of a message. `handled`, `discarded` and `superseded` are final, and only final rows are swept. */
export type InboxOutcome = 'handled' | HeldOutcome;

/** Outcomes of messages that are held back by the failure store rather than handled. */
export type HeldOutcome = 'retrying' | 'parked' | 'dead' | 'discarded' | 'superseded';

/** A delivery that is being held back or has failed. */
export interface HeldMessage {
  readonly group: string;
  readonly identity: MessageIdentity;
  readonly record: BrokerRecord;
  /** `Controller.method`, where a handler was found. */
  readonly handler: string | undefined;
  /** `ce_type`, where it could be read. */
  readonly type: string | undefined;
  /** Names of the commands that it undoes; absent where it undoes none. */
  readonly undoes?: readonly string[];
  /** Of an edited message: the id of the one that was published. */
  readonly replaces?: string;
}

/** A message that undoes others of its topic and key, as it arrives. */
export interface Undoing extends TopicKey {
  readonly identity: MessageIdentity;
  /** Names, without version, of the commands that it undoes. */
  readonly undoes: readonly string[];
}

/** A failed attempt and what is to become of the message. */
export interface FailedMessage extends HeldMessage {
  readonly error: unknown;
  /** Attempts made so far, this one included. */
  readonly attempts: number;
  readonly decision: FailureDecision;
}

/**
 * `retry-now`: again at once, in the lane. `retry-later`: the key is parked until then. `postpone`: the same, no attempt counted, until
 * {@link FailureStore.resume} or that time. `dead-letter`: the end, with its reason.
 */
export type FailureDecision =
  | { readonly kind: 'retry-now' }
  | { readonly kind: 'retry-later'; readonly delayMs: number }
  | { readonly kind: 'postpone'; readonly delayMs: number }
  | { readonly kind: 'dead-letter'; readonly reason: string };

/** Retry policy as data; one function ({@link decideFailure}) reads it. */
export interface RetryPolicy {
  /** Attempts in the lane before the first delay. @default 3 */
  readonly immediateAttempts: number;
  /** Attempts after a delay each; the key is parked meanwhile. @default 5 */
  readonly delayedAttempts: number;
  /** First delay in milliseconds; doubles each time. @default 1000 */
  readonly baseDelayMs: number;
  /** Upper bound of one delay in milliseconds. @default 60000 */
  readonly maxDelayMs: number;
}

/**
 * Keeps the messages that can't be handled now, and the order of their keys. Implemented by `@waybill/dlq`.
 * All methods work in the batch's transaction.
 */
export interface FailureStore<Tx> {
  /** How long it keeps what is handled or discarded, in milliseconds; for the check of retention. */
  readonly retentionMs?: number;
  /**
   * Whether one of the keys may be parked. Takes no lock and waits for nobody. Issues its statement before it waits, as {@link Inbox.claim} does, so that both
   * may share one.
   */
  isAnyParked(tx: Tx, group: string, keys: readonly TopicKey[]): Promise<boolean>;
  /**
   * Which of the keys (topic, key and subscriber) are parked; their rows stay locked until the transaction ends, so that unparking
   * and parking behind can't miss each other. Keyless messages are never parked.
   */
  parkedKeys(tx: Tx, group: string, keys: readonly TopicKey[]): Promise<readonly boolean[]>;
  /**
   * Gives up, for good, what these undoings undo: messages of their keys that wait or are dead. One that is being tried at
   * this moment is left alone; the undoing, parked behind it, follows. Keys that nothing holds any more are unparked.
   * Called before {@link parkedKeys} looks at the same keys.
   * @returns the messages given up.
   */
  supersede(tx: Tx, group: string, undoings: readonly Undoing[]): Promise<readonly MessageIdentity[]>;
  /** Puts messages behind their parked key, in the order given. */
  park(tx: Tx, messages: readonly HeldMessage[]): Promise<void>;
  /** Takes failed messages over: schedules a retry or dead-letters, and parks their keys. */
  fail(tx: Tx, messages: readonly FailedMessage[]): Promise<void>;
  /** Makes due at once what was postponed of the handler, or of all: what they call may be back. */
  resume(tx: Tx, group: string, handler?: string): Promise<void>;
  /**
   * What would keep it from taking over the group's messages, or from running them again: one sentence each. Asked once; if
   * there is anything, nothing is consumed. @default nothing
   */
  faultsFor?(group: string): readonly string[];
}

export interface TopicKey {
  readonly topic: string;
  /** `null` or empty = a sequence of its own, never parked. */
  readonly key: Buffer | null;
  /** Each subscriber has a sequence of its own. Absent = the handlers without a name. */
  readonly subscriber?: string;
}

/** What became of a held message that was run again. */
export type HeldRunResult =
  /** The handler's writes, its outgoing messages and the claim have committed. */
  | { readonly kind: 'handled' }
  /** `claim` answered false: somebody else has dealt with it; the handler had no effect. */
  | { readonly kind: 'not-claimed' }
  /** Rolled back. `attempts` includes this one; `decision` is the policy's answer to it. Nothing was recorded. */
  | {
      readonly kind: 'failed';
      readonly error: unknown;
      readonly attempts: number;
      readonly decision: FailureDecision;
    }
  /**
   * The infrastructure failed, the service is draining, what the handler calls is down, or another process is to handle it: nothing
   * counted, try again.
   * `retryAfterMs`: postponed for this many milliseconds, or until {@link FailureStore.resume}. @default again in 1000
   */
  | { readonly kind: 'interrupted'; readonly error: unknown; readonly retryAfterMs?: number };

export interface HeldRun<Tx> {
  /** Number of this attempt, counted from the first delivery on; at least 1. */
  readonly attempt: number;
  /**
   * Claims the message (conditional UPDATE) in the transaction that will hold the handler's writes, before the handler
   * runs; an outside-call handler is claimed in the transaction of its conclusion. `false` rolls that transaction back. Messages that are
   * run at the same time may share a transaction, and are then claimed at the same time; one that is rolled back asks again.
   */
  readonly claim: (tx: Tx) => Promise<boolean>;
  /** Told when an outside call begins: until it ends, which may take long, no transaction is open. */
  readonly onCalling?: () => void;
}

/**
 * Runs a message that the failure store holds through the same handlers, pipes, guards, filters and row locks as a
 * fresh delivery, without the inbox and without looking at parked keys: the caller's `claim` stands for both.
 * Implemented by the consumer, used by `@waybill/dlq` for delayed retries and replay. Never rejects.
 */
export interface HeldMessageRunner<Tx> {
  run(message: HeldMessage, options: HeldRun<Tx>): Promise<HeldRunResult>;
  /** What {@link run} would meet. Runs and changes nothing, never rejects. */
  inspect(message: HeldMessage): Promise<HeldInspection>;
}

/** A held message as today's code reads it. */
export interface HeldInspection {
  /** `Controller.method` that would take it; `undefined` = nobody here does. */
  readonly handler: string | undefined;
  /** The contract of that handler. */
  readonly contract: MessageContract | undefined;
  /** Lifted to the contract's version and checked; absent where it can't be read. */
  readonly data?: unknown;
  /** The payload's bytes, where the record only refers to them and they could be fetched. */
  readonly payload?: Buffer;
  /** The steps that lift it, as `order.placed.v1→order.placed.v2`; empty where it has today's version. */
  readonly upcasts: readonly string[];
  /** Why no attempt can succeed, by the code of the error that each would meet. */
  readonly unreadable?: string;
}
