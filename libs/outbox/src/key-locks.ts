import type { Transaction } from '@waybill/database';

import { hashTopic } from './key-hash.js';
import type { NewOutboxRow } from './outbox-row.js';
import { KEY_LOCK, lockKeys, TOPIC_LOCK } from './sql/lock-keys.js';

/**
 * Most keys of one topic that are locked singly. PostgreSQL's lock table has room for some 6,400 locks of all transactions
 * together (max_locks_per_transaction x max_connections), so who sends more locks the topic as a whole.
 */
const MOST_KEY_LOCKS = 256;

export interface KeyLock {
  readonly kind: number;
  readonly hash: number;
  readonly shared: boolean;
}

/** A topic's lock is shared by those who lock single keys of it, exclusive for who locks none. Sorted, distinct. */
export function locksFor(rows: readonly Pick<NewOutboxRow, 'topic' | 'key' | 'keyHash'>[]): readonly KeyLock[] {
  const hashesByTopic = new Map<string, Set<number>>();
  for (const { topic, key, keyHash } of rows) {
    if (key === null) continue; // no order wanted
    const hashes = hashesByTopic.get(topic);
    if (hashes) hashes.add(keyHash);
    else hashesByTopic.set(topic, new Set([keyHash]));
  }
  const locks = new Map<string, KeyLock>();
  for (const [topic, hashes] of hashesByTopic) {
    const shared = hashes.size <= MOST_KEY_LOCKS;
    const hash = hashTopic(topic);
    const name = `${TOPIC_LOCK} ${hash}`;
    locks.set(name, { kind: TOPIC_LOCK, hash, shared: shared && (locks.get(name)?.shared ?? true) });
    if (shared) for (const hash of hashes) locks.set(`${KEY_LOCK} ${hash}`, { kind: KEY_LOCK, hash, shared: false });
  }
  return [...locks.values()].sort((a, b) => a.kind - b.kind || a.hash - b.hash);
}

export function lock(tx: Transaction, locks: readonly KeyLock[]): Promise<unknown> {
  return tx.write(lockKeys, [
    locks.map(({ kind }) => kind),
    locks.map(({ hash }) => hash),
    locks.map(({ shared }) => shared),
  ]);
}
