import type { HandlerDefinition, MessageContext } from '../handler.js';
import type { FailurePolicy } from './decide-failure.js';
import type { CallLimit } from './gates/call-limit/call-limit.js';

/** A handler as the engine calls it. `invoke` rejects with the original error of whatever failed on the way. */
export interface RegisteredHandler {
  readonly definition: HandlerDefinition;
  readonly policy: FailurePolicy;
  /** How much what it calls can take now; `undefined` = anything. */
  readonly callLimit?: CallLimit;
  invoke(payload: unknown, context: MessageContext): Promise<unknown>;
}
