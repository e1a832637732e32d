import type { Statement } from '@waybill/database';

/**
 * Locks the rows that exist already: otherwise a transaction that is unparking one of these keys would not see what this transaction
 * is about to hold, and would delete the row.
 */
export const parkKeys: Statement = {
  name: 'dlq_park_keys',
  text: `
    INSERT INTO parked_key (consumer_group, topic, key)
    SELECT DISTINCT consumer_group, topic, key FROM unnest($1::text[], $2::text[], $3::bytea[])
      AS parking (consumer_group, topic, key)
    ORDER BY consumer_group, topic, key
    ON CONFLICT (consumer_group, topic, key_hash) DO UPDATE SET parked_at = parked_key.parked_at`,
};
