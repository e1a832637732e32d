import type { NewMessage } from '@waybill/messaging';

import { hashKey } from './key-hash.js';
import type { OutboxSettings } from './outbox-options.js';
import type { NewOutboxRow } from './outbox-row.js';
import { MessageTooLargeError, NotPublishableError, UnknownTopicError } from './outbox.errors.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** What a header, a text column or UTF-8 can't carry. */
const UNUSABLE = /[\p{Cc}\p{Cs}]/u;
const MAX_TEXT = 1024;
/** What the names of the headers and the record itself add, rounded up. */
const OVERHEAD_BYTES = 400;

/**
 * A message as a row, in the bytes that will travel.
 * @throws NotPublishableError, UnknownTopicError, MessageTooLargeError: what no broker would take is refused here.
 */
export function newRow(message: NewMessage, settings: OutboxSettings): NewOutboxRow {
  assertMessage(message);
  const { contract, id, key, subject, time, correlationId, causationId, traceparent } = message;
  if (settings.topics && !settings.topics.includes(contract.topic)) {
    throw new UnknownTopicError(contract.type, contract.topic, settings.topics);
  }
  const texts = { key, subject, time, correlationId, causationId, traceparent };
  for (const [field, value] of Object.entries(texts)) {
    if (typeof value === 'string' && (UNUSABLE.test(value) || value.length > MAX_TEXT)) {
      throw new NotPublishableError(`The ${field} of a ${contract.type} has control characters or is too long`);
    }
  }
  const json = JSON.stringify(message.data) as string | undefined; // undefined for what isn't JSON, whatever its type says
  if (json === undefined) throw new NotPublishableError(`The data of a ${contract.type} isn't JSON`);
  const payload = Buffer.from(json);
  const keyBytes = key === null ? null : Buffer.from(key);
  const bytes = payload.length + OVERHEAD_BYTES + textBytes(Object.values(texts)) + textBytes([key, settings.source]);
  if (bytes > settings.maxMessageBytes) throw new MessageTooLargeError(contract.type, bytes, settings.maxMessageBytes);
  const { hash, lane } = hashKey(contract.topic, keyBytes ?? id);
  return {
    id,
    aggregatetype: contract.name.split('.', 1)[0] ?? contract.name,
    aggregateid: subject ?? key ?? id,
    type: contract.type,
    payload,
    topic: contract.topic,
    key: keyBytes,
    keyHash: hash,
    lane,
    source: settings.source,
    subject: subject ?? null,
    time,
    correlationid: correlationId,
    causationid: causationId ?? null,
    traceparent: traceparent ?? null,
  };
}

/** Types end where JavaScript begins: a caller without types must not get a half-made row into the table. */
function assertMessage(message: Partial<NewMessage> | null | undefined): void {
  if (typeof message?.contract?.parse !== 'function' || typeof message.contract.topic !== 'string') {
    throw new NotPublishableError('Outbox.add was given something that is no message of a contract');
  }
  if (typeof message.id !== 'string' || !UUID.test(message.id)) {
    throw new NotPublishableError(`A ${message.contract.type} has an id that is no UUID: ${String(message.id)}`);
  }
}

function textBytes(values: readonly (string | null | undefined)[]): number {
  return values.reduce((sum, value) => sum + (value ? Buffer.byteLength(value) : 0), 0);
}
