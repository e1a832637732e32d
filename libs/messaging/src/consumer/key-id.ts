import type { BrokerRecord } from '../broker.js';

/** Bytes of a key may be anything, so they are told apart as latin1, which loses none. */
export function keyIdOf({ topic, key }: Pick<BrokerRecord, 'topic' | 'key'>): string | undefined {
  return key === null || key.length === 0 ? undefined : `${topic} ${key.toString('latin1')}`;
}

/** What calls are counted by: the key, or the record itself where it has none. */
export function callKeyOf(record: BrokerRecord): string {
  return keyIdOf(record) ?? `${record.topic}/${record.partition}/${record.position}`;
}
