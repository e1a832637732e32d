import type { RecordToPublish } from '../broker.js';
import { encodeEnvelope } from '../codec/envelope-headers.js';
import type { MessageContract, MessageKind } from '../contract.js';
import { newMessage } from '../message.js';
import { InvalidMessageData } from '../messaging.errors.js';

export interface Note {
  readonly text: string;
}

/** A contract for tests: data is `{text}`. */
export function noteContract(
  topic: string,
  name = 'note.taken',
  more: Partial<Pick<MessageContract<Note>, 'version' | 'upcasters' | 'undoes' | 'source' | 'key'>> & {
    readonly kind?: MessageKind;
  } = {},
): MessageContract<Note> {
  const version = more.version ?? 1;
  return {
    kind: more.kind ?? 'event',
    topic,
    name,
    version,
    type: `${name}.v${version}`,
    upcasters: more.upcasters ?? new Map(),
    personal: [],
    ...(more.undoes && { undoes: more.undoes }),
    ...(more.source !== undefined && { source: more.source }),
    ...(more.key !== undefined && { key: more.key }),
    parse(data) {
      const { text } = (data ?? {}) as Partial<Note>; // checked in the next line
      if (typeof text === 'string') return { text };
      throw new InvalidMessageData(name, [{ pointer: '/text', message: 'must be a string' }]);
    },
  };
}

/** A record as an outbox would publish it. */
export function noteRecord(
  contract: MessageContract<Note>,
  key: string | null,
  text: string,
  id?: string,
): RecordToPublish {
  const message = newMessage(contract, { key, data: { text } });
  const { correlationId, time } = message;
  const envelope = { id: id ?? message.id, source: '/test', type: contract.type, time, correlationId };
  return {
    topic: contract.topic,
    key: key === null ? null : Buffer.from(key),
    value: Buffer.from(JSON.stringify(message.data)),
    headers: encodeEnvelope(envelope, key),
  };
}
