/** The message is larger than this deployment can carry. Refused here, so that it never blocks a shard of the relay. */
export class MessageTooLargeError extends Error {
  readonly code = 'MESSAGE_TOO_LARGE';

  constructor(type: string, bytes: number, limit: number, remedy: string) {
    super(`A ${type} of ${bytes} bytes exceeds the limit of ${limit}; ${remedy}`);
    this.name = 'MessageTooLargeError';
  }
}

/** The contract's topic is none of those that the outbox was set up for: nobody would create it or read it. */
export class UnknownTopicError extends Error {
  readonly code = 'UNKNOWN_TOPIC';

  constructor(type: string, topic: string, known: readonly string[]) {
    super(`${type} goes to topic ${topic}, which OutboxModule.forRoot({ topics }) doesn't list: ${known.join(', ')}`);
    this.name = 'UnknownTopicError';
  }
}

/** What was handed to the outbox isn't a message of a contract, or has a field that can't travel. */
export class NotPublishableError extends Error {
  readonly code = 'NOT_PUBLISHABLE';

  constructor(what: string) {
    super(`${what}; make messages with newMessage(contract, …)`);
    this.name = 'NotPublishableError';
  }
}

/** No message of this id waits because the broker refuses it; it may have been retried or discarded already. */
export class RefusedRowNotFoundError extends Error {
  readonly code = 'REFUSED_MESSAGE_NOT_FOUND';

  constructor(id: string) {
    super(`No message ${id} waits because the broker refused it; it was published, retried or discarded meanwhile`);
    this.name = 'RefusedRowNotFoundError';
  }
}

/** The outbox keeps a message for a while after it was published. */
export class MessageNotFoundError extends Error {
  readonly code = 'MESSAGE_NOT_FOUND';

  constructor(id: string) {
    super(`The outbox has no message ${id}; it was never here, or its retention has ended`);
    this.name = 'MessageNotFoundError';
  }
}
