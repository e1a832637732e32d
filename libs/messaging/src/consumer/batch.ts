import type { FailureStore, Inbox, UnitOfWork } from '../ports.js';
import type { Delivery } from './delivery.js';
import type { Ready } from './handler-waves.js';
import type { Conclusion } from './outside-calls.js';

/** The ports a batch works with; the application binds them. */
export interface BatchPorts<Tx> {
  readonly unitOfWork: UnitOfWork<Tx>;
  readonly inbox: Inbox<Tx>;
  readonly failures: FailureStore<Tx>;
}

/** What goes into one transaction. */
export interface Batch {
  /** For transactional handlers. */
  readonly ready: readonly Ready[];
  /** For the prepare phase of handlers with an outside call; each is the last of its key in the batch. */
  readonly toPrepare: readonly Ready[];
  readonly conclusions: readonly Conclusion[];
  /** Deliveries that have come to their end without success. */
  readonly failed: readonly Delivery[];
}
