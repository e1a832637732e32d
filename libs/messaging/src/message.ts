import { newId } from '@waybill/observability';

import { assertKey } from './codec/assert-genuine.js';
import type { MessageContract } from './contract.js';
import { publishedId } from './envelope.js';
import type { Envelope } from './envelope.js';

/**
 * A message that has been decided on but not yet published. Made by {@link newMessage}; only `Outbox.add` publishes it.
 * `source` is absent: the outbox of the sending service fills it in.
 */
export interface NewMessage<Data = unknown> {
  readonly contract: MessageContract<Data>;
  readonly id: string;
  /** Partition key: messages with the same key keep their order. `null` = no order wanted. */
  readonly key: string | null;
  readonly subject: string | undefined;
  readonly time: string;
  readonly correlationId: string;
  readonly causationId: string | undefined;
  readonly traceparent: string | undefined;
  readonly data: Data;
}

/** The part of a message or request that its consequences inherit. */
export type Cause = Pick<Envelope, 'id' | 'correlationId' | 'traceparent' | 'replaces'>;

export interface NewMessageOptions<Data> {
  readonly key: string | null;
  readonly data: Data;
  /** @default the key */
  readonly subject?: string;
  /** What this message answers or follows from. */
  readonly cause?: Cause;
  /** @default the cause's, or the message's own id */
  readonly correlationId?: string;
  /** A UUID, where the sender has to know it beforehand. @default a new UUIDv7 */
  readonly id?: string;
}

/**
 * Makes a message of the contract's type. The data is checked against the contract, so that nothing invalid ever reaches
 * a topic.
 * @throws InvalidMessageData when the data doesn't fit the contract; MessageNotGenuine when it isn't about the key.
 */
export function newMessage<Data>(contract: MessageContract<Data>, options: NewMessageOptions<Data>): NewMessage<Data> {
  const { key, cause, id = newId() } = options;
  const subject = options.subject ?? key ?? undefined;
  const data = contract.parse(options.data);
  assertKey(contract, { key, subject }, data);
  return {
    contract,
    id,
    key,
    subject,
    time: new Date().toISOString(),
    correlationId: options.correlationId ?? cause?.correlationId ?? id,
    causationId: cause && publishedId(cause),
    traceparent: cause?.traceparent,
    data,
  };
}
