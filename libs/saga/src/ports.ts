import type { Transaction } from '@waybill/database';
import type { NewMessage, ReceivedMessage } from '@waybill/messaging';

import type { SagaProgress } from './saga-progress.js';

/** Where commands go: the service's outbox. */
export interface CommandOutbox {
  add(tx: Transaction, ...messages: NewMessage[]): void;
  /** Which of the commands no broker has yet: while one is on its way, nobody can answer it, and no deadline runs. */
  unpublishedAmong(ids: readonly string[], tx: Transaction): Promise<ReadonlySet<string>>;
  /** Those that the broker refuses for good, or that wait behind such a one, and why. */
  refusedAmong(ids: readonly string[], tx: Transaction): Promise<ReadonlyMap<string, string>>;
}

/**
 * Hears of all progress that the application didn't cause itself: replies, deadlines, operators' actions. Works in the same
 * transaction as the saga's new state, so the application's aggregate and read models change with it or not at all.
 */
export interface SagaListener {
  /**
   * Reads ahead, under the sagas' locks, what {@link sagasProgressed} will need for these replies, so that it travels with what the
   * saga reads. Some of them may turn out to be duplicates. @default nothing
   */
  readAhead?(tx: Transaction, replies: readonly ReceivedMessage[]): Promise<unknown>;
  sagasProgressed(tx: Transaction, progress: readonly SagaProgress[]): Promise<void>;
}

/** How far the replies had been read at one moment, and how many there were. */
export interface ReplyReading {
  /** Whether all replies to this saga that there were at an earlier moment have been read by now. */
  hasRead(earlier: ReplyReading, id: string): boolean;
  /** When replies were last found lost, read or not, by the database's clock in milliseconds since 1970. @default never */
  readonly lostAtMs?: number | undefined;
}

/** Knows whether a reply that hasn't come only wasn't read: by any replica of this service. */
export interface ReplyProgress {
  /** @throws while the broker can't be asked; then no deadline fires */
  read(): Promise<ReplyReading>;
  /** Sagas of which a reply was read, but waits for another attempt. */
  waiting(tx: Transaction, ids: readonly string[]): Promise<ReadonlySet<string>>;
}

/** Tells people, once it is committed, what they have to look at. Must not throw. */
export interface SagaAlert {
  /** A saga can't be undone without them. */
  compensationFailed(progress: SagaProgress): void;
  /** A step has taken effect that an operator had settled as undone, or left: is what they did still right? @default nothing */
  settledStepSucceeded?(progress: SagaProgress): void;
}

/** Bound by the application to its {@link SagaListener}. */
export const SAGA_LISTENER = Symbol('waybill:saga-listener');
/** Bound by the application to its {@link SagaAlert}. @default a line in the log */
export const SAGA_ALERT = Symbol('waybill:saga-alert');
