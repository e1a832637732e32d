import type { OpenBroker } from '../broker.js';
import type { ConsumerObserver } from '../consumer/consumer-observer.js';
import type { MessageContract, TopicSpec } from '../contract.js';
import type { RetryPolicy } from '../ports.js';
import type { RetentionOptions } from '../retention/gather-retention.js';

export interface MessagingModuleOptions {
  /** The service's name, as logs and metrics show it. */
  readonly service: string;
  /** The consumer group; all replicas of a service share it. */
  readonly group: string;
  /** Whose messages these are: what an adapter's function returns (docs/brokers.md). */
  readonly broker: OpenBroker;
  /** Every topic the service reads or writes; missing ones are created before anything else starts. */
  readonly topics: readonly TopicSpec[];
  /** Partitions of created topics. @default 6 */
  readonly topicPartitions?: number;
  /** How long created topics keep their records, in milliseconds, unless they say so themselves. @default the broker's own */
  readonly topicRetentionMs?: number;
  /** How often topics and lanes are compared with how they should be, in milliseconds. @default 10000 */
  readonly checkIntervalMs?: number;
  /** `{}`: what inbox, outbox, dead letters and payloads keep is checked at the start against what the broker can redeliver, and the boot refused where it doesn't fit. @default unchecked */
  readonly retention?: RetentionOptions;
  /** Messages that must have a handler; the boot is refused if one hasn't. @default none */
  readonly handles?: readonly MessageContract[];
  /** @default 3 attempts at once, 5 delayed ones from 1 s up to 60 s */
  readonly retry?: Partial<RetryPolicy>;
  /** Deaths of the process, while a message was handled alone, after which it is dead-lettered. @default 3 */
  readonly crashAttempts?: number;
  /** Deadline of one outside call in milliseconds; at most 90000, as others take over what is held after two minutes. @default 30000 */
  readonly callTimeoutMs?: number;
  /**
   * Milliseconds after which a handler that has not returned is given up: its transaction is rolled back, what it still does in it fails, and the
   * attempt counts. @default 300000
   */
  readonly handlerTimeoutMs?: number;
  /**
   * After how many milliseconds readiness reports a lane whose position doesn't move although records wait, and a handler that hasn't returned.
   * @default 60000
   */
  readonly stillAfterMs?: number;
  /** Most outside calls in flight at once in this process. Of each handler's, 256 at most are younger than a second. @default 1024 */
  readonly maxConcurrentCalls?: number;
  /** Most messages of one transaction. @default 500 */
  readonly maxBatch?: number;
  /** How long a shutdown may wait for handlers, in milliseconds. @default 10000 */
  readonly drainTimeoutMs?: number;
  /** Told what happens, beside the log and the metrics. */
  readonly observer?: ConsumerObserver;
}

export const MESSAGING_OPTIONS = Symbol('waybill:messaging-options');

/** Messages of other transports never reach our handlers, nor the other way round. */
export const WAYBILL_TRANSPORT = Symbol('waybill');
