import type { HandlerDefinition, MessageContext } from '../handler.js';
import type { Circuit } from './circuit.js';
import type { FailurePolicy } from './decide-failure.js';

/** A handler as the engine calls it. `invoke` rejects with the original error of whatever failed on the way. */
export interface RegisteredHandler {
  readonly definition: HandlerDefinition;
  readonly policy: FailurePolicy;
  /** Whether what it depends on is worth calling; `undefined` = always. */
  readonly circuit?: Circuit;
  invoke(payload: unknown, context: MessageContext): Promise<unknown>;
}
