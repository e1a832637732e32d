import { newMessage, type Cause, type NewMessage } from '@waybill/messaging';

import type { SagaInstance } from './saga-instance.js';
import type { SagaCommand } from './saga-transition.js';

/** The message that carries a command of the saga; it inherits the saga's correlation id. */
export function commandMessage(instance: SagaInstance, command: SagaCommand, cause: Cause | undefined): NewMessage {
  const message = newMessage(command.contract, {
    id: command.id,
    key: command.key ?? instance.id,
    subject: instance.id,
    data: command.data,
    ...(cause ? { cause } : {}),
    ...(instance.correlationId === undefined ? {} : { correlationId: instance.correlationId }),
  });
  return { ...message, traceparent: message.traceparent ?? instance.traceparent };
}
