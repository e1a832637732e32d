import type { ReceivedMessage } from '@waybill/messaging';

import type { SagaInstance, SagaRef } from './saga-instance.js';
import type { SagaTransition, Verdict } from './saga-transition.js';

/** What one input did to one saga. */
export interface SagaProgress extends SagaRef {
  readonly verdict: Verdict;
  /** The state afterwards. */
  readonly instance: SagaInstance;
  /** Empty if the input was ignored or refused. */
  readonly transitions: readonly SagaTransition[];
  /** The answer that caused it; absent for a start, a deadline, a cancellation or an operator's action. */
  readonly message?: ReceivedMessage;
}

/**
 * `cancelling`: the saga turned round. `undoing`, `undone`: it had done so already. `too-late`: it has passed the pivot.
 * `unknown`: there is no such saga.
 */
export type SagaCancellation =
  | { readonly outcome: 'cancelling' | 'undoing' | 'undone' | 'too-late'; readonly progress: SagaProgress }
  | { readonly outcome: 'unknown' };
