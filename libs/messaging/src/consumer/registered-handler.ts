import type { HandlerDefinition, MessageContext } from '../handler.js';
import type { ReceivedMessage } from '../received-message.js';
import type { FailurePolicy } from './decide-failure.js';
import type { CallLimit } from './gates/call-limit/call-limit.js';

/** Reads, before handlers are called, what they will need. */
export type ReadAhead = (messages: readonly ReceivedMessage[], tx: unknown) => Promise<unknown>;

/** A handler as the engine calls it. `invoke` rejects with the original error of whatever failed on the way. */
export interface RegisteredHandler {
  readonly definition: HandlerDefinition;
  readonly policy: FailurePolicy;
  /** How much what it calls can take now; `undefined` = anything. */
  readonly callLimit?: CallLimit;
  /** See `HandlerOptions.reads`. Handlers that share it have it called once for a batch. */
  readonly read?: ReadAhead;
  invoke(payload: unknown, context: MessageContext): Promise<unknown>;
}
