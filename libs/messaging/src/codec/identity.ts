import type { BrokerRecord } from '../broker.js';
import type { MessageIdentity } from '../received-message.js';
import type { ReadEnvelope } from './envelope-headers.js';

/**
 * Source and id of the envelope; a record without a usable id is identified by where it lies, so that at least a
 * redelivery of it is recognised.
 */
export function identityOf(envelope: Pick<ReadEnvelope, 'id' | 'source'>, record: BrokerRecord): MessageIdentity {
  return envelope.id === undefined
    ? { source: '', id: `${record.topic}/${record.partition}/${record.position}` }
    : { source: envelope.source ?? '', id: envelope.id };
}

/** The whole of an identity as one text, to look it up by. */
export function identityKey({ source, id, subscriber = '' }: MessageIdentity): string {
  return `${source}\n${id}\n${subscriber}`;
}
