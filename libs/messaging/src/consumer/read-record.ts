import { parseRfc3339 } from '@waybill/observability';

import type { BrokerRecord } from '../broker.js';
import { assertGenuine } from '../codec/assert-genuine.js';
import { decodeEnvelope } from '../codec/envelope-headers.js';
import type { ReadEnvelope } from '../codec/envelope-headers.js';
import { identityOf } from '../codec/identity.js';
import { parseMessageType } from '../codec/message-type.js';
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

/**
 * Parses a record once: envelope, JSON, upcasters, contract, and whether it is what it says it is. Never throws.
 * @param payload what its reference stands for, where it has one and that was fetched.
 */
export function readRecord(registry: HandlerRegistry, record: BrokerRecord, payload?: Buffer): ReadRecord {
  const envelope = decodeEnvelope(record.headers);
  return {
    identity: identityOf(envelope, record),
    type: envelope.type,
    reading: read(registry, record, envelope, payload),
  };
}

function read(registry: HandlerRegistry, record: BrokerRecord, envelope: ReadEnvelope, payload?: Buffer): Reading {
  const { type: text } = envelope;
  if (text === undefined) {
    // A command asks for something, so one that can't be read is never nothing.
    const isTombstone = record.value === null && registry.kindOf(record.topic) === 'event';
    if (isTombstone) return { kind: 'skip', why: 'tombstone' };
    return unreadable(new UnhandledMessage('NO_MESSAGE_TYPE', 'The record has no usable ce_type header'));
  }
  const type = parseMessageType(text);
  const handler = registry.find(record.topic, type?.name ?? text);
  if (handler === undefined) {
    if (registry.kindOf(record.topic) === 'event') return { kind: 'skip', why: 'unknown-event' };
    return unreadable(new UnhandledMessage('UNKNOWN_COMMAND', `Nothing here handles the command ${text}`));
  }
  try {
    const reference = payload === undefined ? decodeReference(record) : undefined;
    if (reference !== undefined) return { kind: 'by-reference', handler, reference };
    const json = parseJson(payload ?? record.value, text);
    const { contract } = handler.definition;
    const data = lift(contract, type?.version ?? 0, text, json);
    const message = received(record, envelope, text, data);
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
  } catch (cause) {
    throw new InvalidMessageData(type, [{ pointer: '', message: "isn't JSON" }], { cause });
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

function received(record: BrokerRecord, envelope: ReadEnvelope, type: string, data: unknown): ReceivedMessage {
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
