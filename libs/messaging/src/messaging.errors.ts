import type { LaneIssue } from './lanes/lane-ledger.js';

/** One thing that is wrong with a message's data. */
export interface DataFault {
  /** JSON pointer into the data. */
  readonly pointer: string;
  readonly message: string;
}

/**
 * A message's data doesn't fit its contract. Contracts may throw an error of their own of the same shape; it is
 * recognised by its `code`.
 */
export class InvalidMessageData extends Error {
  readonly code = 'INVALID_MESSAGE_DATA';

  constructor(
    type: string,
    readonly faults: readonly DataFault[],
    options?: ErrorOptions,
  ) {
    const list = faults.map(({ pointer, message }) => `${pointer || '/'} ${message}`).join('; ');
    super(`The data of ${type} doesn't fit its contract: ${list}`, options);
    this.name = 'InvalidMessageData';
  }
}

/** A message that no handler of this version of the service can ever take; dead-lettered at once. */
export class UnhandledMessage extends Error {
  readonly code: 'UNKNOWN_COMMAND' | 'UNKNOWN_SUBSCRIBER' | 'UNKNOWN_VERSION' | 'NO_MESSAGE_TYPE';

  constructor(code: UnhandledMessage['code'], detail: string) {
    super(detail);
    this.name = 'UnhandledMessage';
    this.code = code;
  }
}

/** A message isn't what it says it is: sent by a service that doesn't send it, or about something else than its key. */
export class MessageNotGenuine extends Error {
  readonly code: 'KEY_MISMATCH' | 'WRONG_SOURCE';

  constructor(code: MessageNotGenuine['code'], detail: string) {
    super(detail);
    this.name = 'MessageNotGenuine';
    this.code = code;
  }
}

/** When a message was sent can't be told: its time isn't RFC 3339, or is missing and the record's own can't be written so. */
export class InvalidMessageTime extends Error {
  readonly code = 'INVALID_MESSAGE_TIME';

  constructor(type: string) {
    super(`The ce_time of ${type} isn't a time as RFC 3339 writes it, in the years 1 to 9999`);
    this.name = 'InvalidMessageTime';
  }
}

/** A guard, a pipe or an interceptor refused the message before the handler ran. No retry can fix that. */
export class MessageRefused extends Error {
  readonly code = 'MESSAGE_REFUSED';

  constructor(handler: string, cause: unknown) {
    super(
      `A guard or pipe of ${handler} refused the message: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
      },
    );
    this.name = 'MessageRefused';
  }
}

/** An outside call didn't answer within its deadline. Whether it took effect is unknown. */
export class OutsideCallTimedOut extends Error {
  readonly code = 'OUTSIDE_CALL_TIMED_OUT';

  constructor(handler: string, timeoutMs: number) {
    super(`The outside call of ${handler} didn't end within ${timeoutMs} ms`);
    this.name = 'OutsideCallTimedOut';
  }
}

/** A handler had not returned when its time was up. Its transaction is rolled back, and what it still does in it fails. Counts as an attempt. */
export class HandlerTimedOut extends Error {
  readonly code = 'HANDLER_TIMED_OUT';

  constructor(handler: string, timeoutMs: number) {
    super(
      `${handler} had not returned after ${timeoutMs} ms and was given up. Find what it waits for and give that a time limit, or ` +
        'raise handlerTimeoutMs',
    );
    this.name = 'HandlerTimedOut';
  }
}

/** The process died each time it handled this message alone; it is dead-lettered unhandled. */
export class ProcessCrashed extends Error {
  readonly code = 'PROCESS_CRASHED';

  constructor(readonly deaths: number) {
    super(`The process died ${deaths} times while it handled this message and nothing else`);
    this.name = 'ProcessCrashed';
  }
}

/** What the handler calls is down, or takes no further call now; the message comes back on its own, and no attempt is counted. */
export class CallPostponed extends Error {
  readonly code = 'CALL_POSTPONED';

  constructor(handler: string) {
    super(`${handler} can't make its call now: what it calls is down, or too many calls wait for their answers`);
    this.name = 'CallPostponed';
  }
}

/** Records that are at the broker, but that nobody can read. They are passed as one dead letter once an operator says so. */
export class RecordsUnreadable extends Error {
  readonly code = 'RECORDS_UNREADABLE';

  constructor(
    { topic, partition, first, next }: { topic: string; partition: number; first: string; next: string },
    reason: string,
  ) {
    super(`The records of ${topic}/${partition} from ${first} to before ${next} can't be read: ${reason}`);
    this.name = 'RecordsUnreadable';
  }
}

/** The service can't start as it is configured; the message lists every fault. */
export class MessagingMisconfigured extends Error {
  readonly code = 'MESSAGING_MISCONFIGURED';

  constructor(readonly faults: readonly string[]) {
    super(`Messaging can't start:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'MessagingMisconfigured';
  }
}

/** The broker couldn't be reached or didn't answer in time. */
export class BrokerUnavailable extends Error {
  readonly code = 'BROKER_UNAVAILABLE';

  /** What a broker throws that can't describe topics. @param place the broker, for people */
  static settingsUntold(place: string, topics: readonly string[], cause: unknown): BrokerUnavailable {
    const why = cause instanceof Error ? cause.message : String(cause);
    return new BrokerUnavailable(`${place} doesn't tell the settings of ${topics.join(', ')}: ${why}`, { cause });
  }
}

/** A record says that its payload lies elsewhere, but not where, or not which one. */
export class PayloadReferenceUnusable extends Error {
  readonly code = 'PAYLOAD_REFERENCE_UNUSABLE';

  constructor() {
    super('The record has no value, and its ce_dataref, ce_datasha256 or ce_databytes is not one of ours');
    this.name = 'PayloadReferenceUnusable';
  }
}

/**
 * The group's positions at the broker are another database's. Nothing is consumed: this database has handled none of what comes
 * before them, or two installations share what each must have for itself.
 */
export class ForeignPositions extends Error {
  readonly code = 'FOREIGN_POSITIONS';

  constructor(group: string, owner: string, installation: string) {
    super(
      `The positions of group ${group} at the broker belong to database ${owner}; this one is ${installation}. Was it lost, or created again? ` +
        'Restore its backup; or settle this issue ("waybill lanes"), which takes the positions over, and what was handled before them ' +
        'stays unknown here. Another Waybill on the same broker? Give one of them a BROKER_PREFIX of its own',
    );
    this.name = 'ForeignPositions';
  }
}

/** What an older copy of the database has forgotten isn't settled before it was read again: it would count as handled. */
export class StillReadingAgain extends Error {
  readonly code = 'STILL_READING_AGAIN';

  constructor({ topic, partition, next }: LaneIssue, options?: ErrorOptions) {
    super(
      `${topic}/${partition} is still being read again, up to ${next}${options ? ', or the broker can not say' : ''}: settle it once the lane has no lag`,
      options,
    );
    this.name = 'StillReadingAgain';
  }
}

/** The store holds no such payload (any more). Dead-lettered at once; a replay succeeds once the payload is back. */
export class PayloadMissing extends Error {
  readonly code = 'PAYLOAD_MISSING';

  constructor(id: string) {
    super(
      `The payload store holds no payload ${id}: it was swept or lost, or sender and receiver use different stores`,
    );
    this.name = 'PayloadMissing';
  }
}

/** The stored payload isn't the one that was sent. Dead-lettered at once. */
export class PayloadCorrupt extends Error {
  readonly code = 'PAYLOAD_CORRUPT';

  constructor(id: string, how: string) {
    super(`The stored payload ${id} ${how}`);
    this.name = 'PayloadCorrupt';
  }
}

/** The store gives out others, but not this payload, again and again. A replay succeeds once it is repaired. */
export class PayloadUnreadable extends Error {
  readonly code = 'PAYLOAD_UNREADABLE';

  constructor(id: string, options: { readonly cause: unknown }) {
    const why = options.cause instanceof Error ? options.cause.message : String(options.cause);
    super(`The payload ${id} can't be read, though others can: ${why}`, options);
    this.name = 'PayloadUnreadable';
  }
}

/** A record's payload lies in a store, and this service has none. Dead-lettered at once; a replay succeeds once one is bound. */
export class PayloadStoreUnbound extends Error {
  readonly code = 'PAYLOAD_STORE_UNBOUND';

  constructor(id: string) {
    super(`The payload ${id} lies in a store, and none is bound here; give this service the one of the senders`);
    this.name = 'PayloadStoreUnbound';
  }
}

/** The payload store couldn't be asked. Infrastructure: tried again, and no attempt is counted. */
export class PayloadStoreUnavailable extends Error {
  readonly code = 'PAYLOAD_STORE_UNAVAILABLE';

  constructor(why: string, options?: ErrorOptions) {
    super(`The payload store can't be used: ${why}`, options);
    this.name = 'PayloadStoreUnavailable';
  }
}
