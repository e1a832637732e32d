import type { Transaction } from '@waybill/database';
import type { MessageContract, NewMessage } from '@waybill/messaging';

/** Bound by the application, normally to `Outbox`: where the mirror of a dead letter goes. */
export const DEAD_LETTER_SINK = Symbol('waybill:dead-letter-sink');

/** Adds messages to what the transaction publishes. */
export interface DeadLetterSink {
  add(tx: Transaction, ...messages: NewMessage[]): void;
  /** Why {@link add} would refuse the messages of a contract, one sentence each. Asked at the boot. @default it takes them */
  faultsFor?(contract: MessageContract): readonly string[];
}

export const DEAD_LETTER_OPTIONS = Symbol('waybill:dead-letter-options');

/** Less than the inbox remembers by default, so that no letter that is kept could be sent again and run twice. */
export const DEFAULT_RETENTION_MS = 14 * 24 * 3_600_000;

export interface DeadLetterOptions {
  /** The consumer group whose messages are kept: MessagingModule's. */
  readonly group: string;
  /** Stored with each letter. @default 'unknown' */
  readonly serviceVersion?: string;
  /** `false` lets the order of a key go: later messages don't wait behind a dead letter. @default true */
  readonly park?: boolean;
  /** How often other replicas' and lost wake-ups are looked for, in milliseconds. @default 5000 */
  readonly pollIntervalMs?: number;
  /** How long handled and discarded messages are kept with their audit, in milliseconds. @default 1209600000 (14 days) */
  readonly retentionMs?: number;
  /** Time between two sweeps of those, in milliseconds. @default 60000 */
  readonly sweepIntervalMs?: number;
}
