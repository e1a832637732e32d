import type { BrokerRecord } from '../broker.js';
import type { TopicKey } from '../ports.js';
import type { MessageIdentity } from '../received-message.js';

/** Bytes of a key may be anything, so they are told apart as latin1, which loses none. */
export function keyIdOf({ topic, key, subscriber }: TopicKey): string | undefined {
  if (key === null || key.length === 0) return undefined;
  const id = `${topic} ${key.toString('latin1')}`;
  return subscriber === undefined ? id : `${subscriber}\n${id}`;
}

/** The sequence whose order a record keeps. */
export function sequenceOf(record: BrokerRecord, { subscriber }: MessageIdentity): TopicKey {
  return subscriber === undefined ? record : { topic: record.topic, key: record.key, subscriber };
}

/** What calls are counted by: the key, or the record itself where it has none. */
export function callKeyOf(record: BrokerRecord): string {
  return keyIdOf(record) ?? `${record.topic}/${record.partition}/${record.position}`;
}
