import type { Statement } from '@waybill/database';

/**
 * Locks the rows that exist already: otherwise a transaction that is unparking one of these keys would not see what this transaction
 * is about to hold, and would delete the row.
 */
export const parkKeys: Statement = {
  name: 'dlq_park_keys',
  text: `
    INSERT INTO parked_key (consumer_group, topic, key, subscriber)
    SELECT DISTINCT consumer_group, topic, key, subscriber FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[])
      AS parking (consumer_group, topic, key, subscriber)
    ORDER BY consumer_group, topic, key, subscriber
    ON CONFLICT (consumer_group, topic, key_hash, subscriber) DO UPDATE SET parked_at = parked_key.parked_at`,
};
