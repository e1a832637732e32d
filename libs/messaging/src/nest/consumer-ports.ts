import type { FailureStore, Inbox, UnitOfWork } from '../ports.js';

/** What the application must have bound before anything is consumed. */
export interface ConsumerPorts {
  readonly unitOfWork: UnitOfWork<unknown>;
  readonly inbox: Inbox<unknown>;
  readonly failures: FailureStore<unknown>;
}

export function isBound(ports: Partial<ConsumerPorts>): ports is ConsumerPorts {
  return portFaults(ports).length === 0;
}

export function portFaults({ unitOfWork, inbox, failures }: Partial<ConsumerPorts>): readonly string[] {
  return [
    unitOfWork ? '' : 'UNIT_OF_WORK is not bound; provide it with useExisting: Database',
    inbox ? '' : 'INBOX is not bound; provide it with useExisting: PostgresInbox',
    failures ? '' : 'FAILURE_STORE is not bound; provide it with useExisting: DeadLetterStore',
  ].filter((fault) => fault !== '');
}
