import { parseRfc3339 } from '@waybill/observability';

import type { BrokerRecord } from '../broker.js';
import { assertGenuine } from '../codec/assert-genuine.js';
import { decodeEnvelope } from '../codec/envelope-headers.js';
import type { ReadEnvelope } from '../codec/envelope-headers.js';
import { identityOf } from '../codec/identity.js';
import { parseMessageType } from '../codec/message-type.js';
import type { MessageType } from '../codec/message-type.js';
import { decodeReference } from '../codec/payload-reference.js';
import type { PayloadReference } from '../codec/payload-reference.js';
import type { MessageContract } from '../contract.js';
import { InvalidMessageData, InvalidMessageTime, UnhandledMessage } from '../messaging.errors.js';
import type { MessageIdentity, ReceivedMessage } from '../received-message.js';
import type { HandlerRegistry } from './handler-registry.js';
import type { RegisteredHandler } from './registered-handler.js';

/** What a record turned out to be. */
export type Reading =
  | { readonly kind: 'message'; readonly handler: RegisteredHandler; readonly message: ReceivedMessage }
  /** The same, once its payload has been fetched; see {@link readByReference}. */
  | { readonly kind: 'by-reference'; readonly handler: RegisteredHandler; readonly reference: PayloadReference }
  /** Nothing for this group: an event that it has no handler for, or a tombstone among events. */
  | { readonly kind: 'skip'; readonly why: 'unknown-event' | 'tombstone' }
  /** For this group, but no attempt could ever succeed. */
  | { readonly kind: 'unreadable'; readonly error: Error; readonly handler: RegisteredHandler | undefined };

export interface ReadRecord {
  readonly identity: MessageIdentity;
  readonly type: string | undefined;
  readonly reading: Reading;
}

/** Whom a record is read for. */
export interface ReadFor {
  /** The handler's name; `undefined` = the one without. */
  readonly subscriber: string | undefined;
  /** What its reference stands for, where it has one and that was fetched. */
  readonly payload?: Buffer;
  /** Of a message that was edited where it was held: the id of the one that was published. */
  readonly replaces?: string | undefined;
}

/**
 * Reads a record for each handler that takes it, mostly one: envelope, JSON, upcasters, contract, and whether it is what it says
 * it is. One reading where nobody takes it. Handlers share nothing of it, so none sees what another one's pipes have changed.
 * Never throws.
 */
export function readRecord(registry: HandlerRegistry, record: BrokerRecord): readonly ReadRecord[] {
  const opened = open(registry, record);
  const { envelope, handlers } = opened;
  const identity = identityOf(envelope, record);
  if (handlers.length === 0) return [{ identity, type: envelope.type, reading: nobodys(registry, opened) }];
  return handlers.map((handler) => {
    const { subscriber } = handler.definition.options;
    return {
      identity: subscriber === undefined ? identity : { ...identity, subscriber },
      type: envelope.type,
      reading: read(handler, opened),
    };
  });
}

/** The same for one of the handlers. */
export function readRecordFor(registry: HandlerRegistry, record: BrokerRecord, one: ReadFor): ReadRecord {
  const opened = { ...open(registry, record), replaces: one.replaces };
  const { envelope, handlers } = opened;
  const identity = identityOf(envelope, record);
  const { subscriber, payload } = one;
  const handler = handlers.find(({ definition }) => definition.options.subscriber === subscriber);
  return {
    identity: subscriber === undefined ? identity : { ...identity, subscriber },
    type: envelope.type,
    reading: handler ? read(handler, opened, payload) : nobodys(registry, opened, subscriber),
  };
}

/** A record's envelope, and who takes it. */
interface OpenedRecord {
  readonly record: BrokerRecord;
  readonly envelope: ReadEnvelope;
  readonly type: MessageType | undefined;
  readonly handlers: readonly RegisteredHandler[];
  readonly replaces?: string | undefined;
}

function open(registry: HandlerRegistry, record: BrokerRecord): OpenedRecord {
  const envelope = decodeEnvelope(record.headers);
  const { type: text } = envelope;
  const type = text === undefined ? undefined : parseMessageType(text);
  const handlers = text === undefined ? [] : registry.find(record.topic, type?.name ?? text);
  return { record, envelope, type, handlers };
}

function nobodys(registry: HandlerRegistry, opened: OpenedRecord, subscriber?: string): Reading {
  const { record, envelope, handlers } = opened;
  const isEvent = registry.kindOf(record.topic) === 'event';
  if (envelope.type === undefined) {
    // A command asks for something, so one that can't be read is never nothing.
    if (record.value === null && isEvent) return { kind: 'skip', why: 'tombstone' };
    return unreadable(new UnhandledMessage('NO_MESSAGE_TYPE', 'The record has no usable ce_type header'));
  }
  if (subscriber !== undefined || handlers.length > 0) {
    const as = subscriber === undefined ? 'without a subscriber' : `as "${subscriber}"`;
    return unreadable(new UnhandledMessage('UNKNOWN_SUBSCRIBER', `No handler here takes ${envelope.type} ${as}`));
  }
  if (isEvent) return { kind: 'skip', why: 'unknown-event' };
  return unreadable(new UnhandledMessage('UNKNOWN_COMMAND', `Nothing here handles the command ${envelope.type}`));
}

function read(handler: RegisteredHandler, opened: OpenedRecord, payload?: Buffer): Reading {
  const { record, envelope, type } = opened;
  const { type: text = '' } = envelope; // a handler was found by it
  try {
    const reference = payload === undefined ? decodeReference(record) : undefined;
    if (reference !== undefined) return { kind: 'by-reference', handler, reference };
    const json = parseJson(payload ?? record.value, text);
    const { contract } = handler.definition;
    const data = lift(contract, type?.version ?? 0, text, json);
    const message = received(opened, text, data);
    assertGenuine(contract, { source: envelope.source, key: message.key, subject: envelope.subject }, data);
    return { kind: 'message', handler, message };
  } catch (error) {
    return unreadable(error instanceof Error ? error : new Error(String(error)), handler);
  }
}

function unreadable(error: Error, handler?: RegisteredHandler): Reading {
  return { kind: 'unreadable', error, handler };
}

function parseJson(value: Buffer | null, type: string): unknown {
  if (value === null)
    throw new InvalidMessageData(type, [{ pointer: '', message: 'is missing: the record has no value' }]);
  try {
    return JSON.parse(value.toString('utf8')) as unknown;
  } catch {
    // Without its cause: the parser's error quotes the payload, and errors are shown where payloads are masked.
    throw new InvalidMessageData(type, [{ pointer: '', message: "isn't JSON" }]);
  }
}

/** Lifts data of an older version step by step to the contract's, then checks it. */
function lift(contract: MessageContract, version: number, type: string, data: unknown): unknown {
  let lifted = data;
  for (let from = version; from !== contract.version; from += 1) {
    const upcast = contract.upcasters.get(from);
    if (from > contract.version || upcast === undefined) {
      throw new UnhandledMessage('UNKNOWN_VERSION', `${type} can't be read: this service knows ${contract.type}`);
    }
    try {
      lifted = upcast(lifted);
    } catch (cause) {
      const message = `can't be lifted from version ${from}`;
      throw new InvalidMessageData(type, [{ pointer: '', message }], { cause });
    }
  }
  return contract.parse(lifted);
}

function received({ record, envelope, replaces }: OpenedRecord, type: string, data: unknown): ReceivedMessage {
  const id = envelope.id ?? identityOf(envelope, record).id;
  return {
    envelope: {
      id,
      source: envelope.source ?? '',
      type,
      time: timeOf(record, envelope, type),
      correlationId: envelope.correlationId ?? id,
      ...(envelope.subject === undefined ? {} : { subject: envelope.subject }),
      ...(envelope.causationId === undefined ? {} : { causationId: envelope.causationId }),
      ...(envelope.traceparent === undefined ? {} : { traceparent: envelope.traceparent }),
      ...(replaces === undefined ? {} : { replaces }),
    },
    data,
    key: record.key === null ? null : record.key.toString('utf8'),
    attempt: 1,
    record,
  };
}

/** What it says; where it says nothing, when the broker took the record. @throws InvalidMessageTime */
function timeOf({ timestampMs }: BrokerRecord, { time }: ReadEnvelope, type: string): string {
  const moment = time === undefined ? momentOf(timestampMs) : time;
  if (moment === undefined || moment === null) throw new InvalidMessageTime(type);
  return moment;
}

/** A sender may have claimed any time for the record, also one that can't be written. */
function momentOf(ms: number): string | undefined {
  const moment = new Date(ms);
  return Number.isNaN(moment.getTime()) ? undefined : parseRfc3339(moment.toISOString())?.toISOString();
}
