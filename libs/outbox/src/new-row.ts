import { REFERENCE_BYTES } from '@waybill/messaging';
import type { ClaimCheck, NewMessage } from '@waybill/messaging';

import { hashKey } from './key-hash.js';
import type { OutboxSettings } from './outbox-options.js';
import type { NewOutboxRow } from './outbox-row.js';
import { MessageTooLargeError, NotPublishableError, UnknownTopicError } from './outbox.errors.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** What a header, a text column or UTF-8 can't carry. */
const UNUSABLE = /[\p{Cc}\p{Cs}]/u;
const MAX_TEXT = 1024;
const TEXTS = ['key', 'subject', 'time', 'correlationId', 'causationId', 'traceparent'] as const;
/** What the names of the headers and the record itself add, rounded up. */
const OVERHEAD_BYTES = 400;

/**
 * A message as a row, in the bytes that will travel.
 * @throws NotPublishableError, UnknownTopicError, MessageTooLargeError: what no broker would take is refused here.
 */
export function newRow(message: NewMessage, settings: OutboxSettings, claimCheck?: ClaimCheck): NewOutboxRow {
  assertMessage(message);
  const { contract, id, key, subject } = message;
  if (settings.topics && !settings.topics.includes(contract.topic)) {
    throw new UnknownTopicError(contract.type, contract.topic, settings.topics);
  }
  let head = OVERHEAD_BYTES + Buffer.byteLength(settings.source) + Buffer.byteLength(key ?? ''); // the key is a header, too
  for (const field of TEXTS) {
    const value = message[field];
    if (value === null || value === undefined) continue;
    if (typeof value !== 'string') {
      throw new NotPublishableError(`The ${field} of a ${contract.type} must be a string, not a ${typeof value}`);
    }
    if (UNUSABLE.test(value) || value.length > MAX_TEXT) {
      throw new NotPublishableError(`The ${field} of a ${contract.type} has control characters or is too long`);
    }
    head += Buffer.byteLength(value);
  }
  const json = JSON.stringify(message.data) as string | undefined; // undefined for what isn't JSON, whatever its type says
  if (json === undefined) throw new NotPublishableError(`The data of a ${contract.type} isn't JSON`);
  const payload = Buffer.from(json);
  const keyBytes = key === null ? null : Buffer.from(key);
  assertFits(contract, { head, payload: payload.length }, settings, claimCheck);
  const { hash, shard } = hashKey(contract.topic, key ?? id);
  return {
    id,
    aggregatetype: contract.name.split('.', 1)[0] ?? contract.name,
    aggregateid: subject ?? key ?? id,
    type: contract.type,
    payload,
    topic: contract.topic,
    key: keyBytes,
    keyHash: hash,
    shard,
    source: settings.source,
    subject: subject ?? null,
    time: message.time,
    correlationid: message.correlationId,
    causationid: message.causationId ?? null,
    traceparent: message.traceparent ?? null,
  };
}

/** What travels by reference may be as large as the store takes; everything else as large as the broker takes. */
function assertFits(
  { type, topic }: NewMessage['contract'],
  bytes: { readonly head: number; readonly payload: number },
  settings: OutboxSettings,
  claimCheck: ClaimCheck | undefined,
): void {
  const { maxMessageBytes, keptForEver } = settings;
  const whole = bytes.head + bytes.payload;
  if (claimCheck === undefined || bytes.payload <= claimCheck.thresholdBytes || keptForEver.has(topic)) {
    if (whole <= maxMessageBytes) return;
    const remedy = keptForEver.has(topic)
      ? `records of ${topic} are kept for ever, so their data can't lie in the payload store: make it smaller`
      : 'set up a payload store (ClaimCheckModule, CLAIM_CHECK_URL), or send a reference to the data';
    throw new MessageTooLargeError(type, whole, maxMessageBytes, remedy);
  }
  if (bytes.payload > claimCheck.maxPayloadBytes) {
    const remedy = 'raise maxPayloadBytes of ClaimCheckModule, or send a reference to the data';
    throw new MessageTooLargeError(type, bytes.payload, claimCheck.maxPayloadBytes, remedy);
  }
  if (bytes.head + REFERENCE_BYTES > maxMessageBytes) {
    throw new MessageTooLargeError(type, bytes.head, maxMessageBytes, 'shorten its key and subject');
  }
}

/** Types end where JavaScript begins: a caller without types must not get a half-made row into the table. */
function assertMessage(message: Partial<NewMessage> | null | undefined): void {
  if (typeof message?.contract?.parse !== 'function' || typeof message.contract.topic !== 'string') {
    throw new NotPublishableError('Outbox.add was given something that is not a message of a contract');
  }
  if (typeof message.id !== 'string' || !UUID.test(message.id)) {
    throw new NotPublishableError(`A ${message.contract.type} has an id that is not a UUID: ${String(message.id)}`);
  }
}
