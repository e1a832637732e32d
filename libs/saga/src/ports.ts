import type { Transaction } from '@waybill/database';
import type { NewMessage } from '@waybill/messaging';

import type { SagaProgress } from './saga-progress.js';

/** Where commands go: the service's outbox. */
export interface CommandOutbox {
  add(tx: Transaction, ...messages: NewMessage[]): void;
}

/** Knows when commands were published. A deadline counts from then. */
export interface CommandPublication {
  /** Milliseconds since 1970, or `null` while unpublished; a command that isn't in the map counts as published long ago. */
  publishedAt(tx: Transaction, commandIds: readonly string[]): Promise<ReadonlyMap<string, number | null>>;
}

/**
 * Hears of progress that no message brought: deadlines and operators' actions. Works in the same transaction as the
 * saga's new state, so the application's aggregate and read models change with it or not at all.
 */
export interface SagaListener {
  sagasProgressed(tx: Transaction, progress: readonly SagaProgress[]): Promise<void>;
}

/** Tells people, once it is committed, that a saga can't be undone without them. Must not throw. */
export interface SagaAlert {
  compensationFailed(progress: SagaProgress): void;
}

/** Bound by the application to its {@link SagaListener}. */
export const SAGA_LISTENER = Symbol('waybill:saga-listener');
/** Bound by the application to its {@link SagaAlert}. @default a line in the log, level error */
export const SAGA_ALERT = Symbol('waybill:saga-alert');
/** Bound to a {@link CommandPublication}. */
export const COMMAND_PUBLICATION = Symbol('waybill:command-publication');
