import type { ReceivedMessage } from '../../../received-message.js';
import { callKeyOf } from '../../key-id.js';
import type { RegisteredHandler } from '../../registered-handler.js';
import type { CallLimitGate } from './call-limit-gate.js';

/**
 * A transactional handler that asked for a limit tells it how it went. A failure of many messages at once is blamed on none of them: each is
 * tried by itself next. `isDependencys`: whether an error may be the dependency's.
 */
export function withCallLimit(
  handler: RegisteredHandler,
  gate: Pick<CallLimitGate, 'tell'>,
  isDependencys: (error: unknown) => boolean,
): RegisteredHandler {
  const { callLimit } = handler;
  if (callLimit === undefined || handler.definition.kind === 'outside-call') return handler;
  const tell = ({ record, attempt }: ReceivedMessage, outcome: 'succeeded' | 'failed'): void => {
    const key = callKeyOf(record);
    gate.tell(handler, callLimit.start(key, callLimit.classOf(key, attempt)), outcome);
  };
  return {
    ...handler,
    async invoke(payload, context) {
      try {
        const result = await handler.invoke(payload, context);
        for (const message of context.messages) tell(message, 'succeeded');
        return result;
      } catch (error) {
        const [message] = context.messages;
        if (message && context.messages.length === 1 && isDependencys(error)) tell(message, 'failed');
        throw error;
      }
    },
  };
}
