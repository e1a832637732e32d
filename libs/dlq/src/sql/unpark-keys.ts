import type { Statement } from '@waybill/database';

/** $2: whether a dead letter holds its key. */
const NOTHING_HELD = `
  NOT EXISTS (
    SELECT 1 FROM held_message h
    WHERE h.consumer_group = p.consumer_group AND h.topic = p.topic AND h.key_hash = p.key_hash
      AND h.subscriber = p.subscriber AND h.state IN ('retrying', 'parked', 'dead') AND ($2 OR h.state <> 'dead'))`;

/** Waits for transactions that are parking behind these keys. */
export const lockEmptyKeys: Statement = {
  name: 'dlq_lock_empty_keys',
  text: `
    SELECT p.topic, p.key_hash, p.subscriber FROM parked_key p
    WHERE p.consumer_group = $1 AND ${NOTHING_HELD} ORDER BY p.topic, p.key_hash, p.subscriber FOR UPDATE OF p`,
};

/** The same for the keys of these messages only: $3 seqs. */
export const lockEmptyKeysOf: Statement = {
  name: 'dlq_lock_empty_keys_of',
  text: `
    SELECT p.topic, p.key_hash, p.subscriber FROM parked_key p
    WHERE p.consumer_group = $1 AND ${NOTHING_HELD}
      AND (p.topic, p.key_hash, p.subscriber) IN (SELECT m.topic, m.key_hash, m.subscriber FROM held_message m WHERE m.seq = ANY ($3::bigint[]))
    ORDER BY p.topic, p.key_hash, p.subscriber FOR UPDATE OF p`,
};

/** A new statement sees what those transactions have parked; of the locked keys, those that are still empty go. */
export const deleteEmptyKeys: Statement = {
  name: 'dlq_delete_empty_keys',
  text: `
    DELETE FROM parked_key p USING unnest($3::text[], $4::bytea[], $5::text[]) AS locked (topic, key_hash, subscriber)
    WHERE p.consumer_group = $1 AND p.topic = locked.topic AND p.key_hash = locked.key_hash
      AND p.subscriber = locked.subscriber AND ${NOTHING_HELD}`,
};
