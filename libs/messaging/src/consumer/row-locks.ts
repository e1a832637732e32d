import type { RowLock } from '../ports.js';
import type { ReceivedMessage } from '../received-message.js';
import type { RegisteredHandler } from './registered-handler.js';

/** The rows that the handler declared for this message. */
export function locksOf(item: {
  readonly handler: RegisteredHandler;
  readonly message: ReceivedMessage;
}): readonly RowLock[] {
  return item.handler.definition.options.locks?.(item.message) ?? [];
}
