import type { Statement } from '@waybill/database';

const NOTHING_HELD = `
  NOT EXISTS (
    SELECT 1 FROM held_message h
    WHERE h.consumer_group = p.consumer_group AND h.topic = p.topic AND h.key = p.key
      AND h.state IN ('retrying', 'parked', 'dead'))`;

/** Waits for transactions that are parking behind these keys. */
export const lockEmptyKeys: Statement = {
  name: 'dlq_lock_empty_keys',
  text: `
    SELECT p.topic, p.key FROM parked_key p
    WHERE p.consumer_group = $1 AND ${NOTHING_HELD} ORDER BY p.topic, p.key FOR UPDATE OF p`,
};

/** A new statement sees what those transactions have parked; of the locked keys, those that are still empty go. */
export const deleteEmptyKeys: Statement = {
  name: 'dlq_delete_empty_keys',
  text: `
    DELETE FROM parked_key p USING unnest($2::text[], $3::bytea[]) AS locked (topic, key)
    WHERE p.consumer_group = $1 AND p.topic = locked.topic AND p.key = locked.key AND ${NOTHING_HELD}`,
};
