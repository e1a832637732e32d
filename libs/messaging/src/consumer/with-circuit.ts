import type { OutsideCall } from '../handler.js';
import { OutsideCallTimedOut } from '../messaging.errors.js';
import type { ReceivedMessage } from '../received-message.js';
import type { Circuit } from './circuit.js';
import { circuitKeyOf } from './key-id.js';
import type { AnyOutsideCalls } from './outside-calls.js';
import type { RegisteredHandler } from './registered-handler.js';

/** Which errors may be the dependency's: a call may fail with anything, a handler with what is its database's. */
export interface DependencyErrors {
  readonly ofCall: (error: unknown) => boolean;
  readonly ofHandler: (error: unknown) => boolean;
}

/**
 * A handler that tells its circuit how it went: of an outside call, the call; else the whole handler. A failure of many
 * messages at once is nobody's: each is tried by itself next.
 */
export function withCircuit(handler: RegisteredHandler, circuit: Circuit, counts: DependencyErrors): RegisteredHandler {
  const fail = (messages: readonly ReceivedMessage[], error: unknown): void => {
    const [message] = messages;
    if (message && messages.length === 1 && counts.ofHandler(error)) circuit.failed(circuitKeyOf(message.record));
  };
  return {
    ...handler,
    circuit,
    async invoke(payload, context) {
      let result: unknown;
      try {
        result = await handler.invoke(payload, context);
      } catch (error) {
        fail(context.messages, error);
        throw error;
      }
      if (handler.definition.kind === 'outside-call')
        return watchedCalls(result, context.messages, circuit, counts.ofCall);
      for (const { record } of context.messages) circuit.succeeded(circuitKeyOf(record));
      return result;
    },
  };
}

/** `undefined` = an exception filter has dealt with the messages. What isn't a plan is refused by who asked for it. */
function watchedCalls(
  returned: unknown,
  messages: readonly ReceivedMessage[],
  circuit: Circuit,
  counts: (error: unknown) => boolean,
): unknown {
  const plan = returned as Partial<AnyOutsideCalls> | undefined;
  if (!Array.isArray(plan?.calls)) return returned;
  const { calls } = plan as AnyOutsideCalls;
  const watched = calls.map((call, index) => {
    const message = messages[index];
    return message === undefined ? call : watchedCall(call, circuitKeyOf(message.record), circuit, counts);
  });
  // A function that several phases share stays the same one, so that it can conclude them together.
  if (Object.hasOwn(plan, 'conclude')) return { ...plan, calls: watched };
  const conclude = async (...args: Parameters<AnyOutsideCalls['conclude']>) =>
    (plan as AnyOutsideCalls).conclude(...args);
  return { calls: watched, conclude };
}

function watchedCall(
  call: OutsideCall<unknown>,
  key: string,
  circuit: Circuit,
  counts: (error: unknown) => boolean,
): OutsideCall<unknown> {
  return async (signal) => {
    // A call that doesn't heed its deadline fails at the deadline, not when it deigns to end.
    const atDeadline = (): void => {
      if (signal.reason instanceof OutsideCallTimedOut) circuit.failed(key);
    };
    signal.addEventListener('abort', atDeadline, { once: true });
    try {
      const result = await call(signal);
      if (!signal.aborted) circuit.succeeded(key);
      return result;
    } catch (error) {
      if (!signal.aborted && counts(error)) circuit.failed(key);
      throw error;
    } finally {
      signal.removeEventListener('abort', atDeadline);
    }
  };
}
