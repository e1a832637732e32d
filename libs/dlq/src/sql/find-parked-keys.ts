import type { ReadStatement, Statement } from '@waybill/database';

/**
 * SHARE, so that consumers don't wait for each other but unparking (FOR UPDATE) waits for them and they for it. One that
 * waited for an unparking finds the row gone, and handles the message.
 * The hashes are named twice: so that also a plan made while the table was empty reads no other keys.
 */
export const findParkedKeys: Statement = {
  name: 'dlq_find_parked_keys',
  text: `
    SELECT p.topic, p.key, p.subscriber
    FROM parked_key p
    JOIN (SELECT DISTINCT topic, sha256(key), subscriber
          FROM unnest($2::text[], $3::bytea[], $4::text[]) AS wanted (topic, key, subscriber))
      AS wanted (topic, key_hash, subscriber) USING (topic, key_hash, subscriber)
    WHERE p.consumer_group = $1 AND p.topic = ANY($2)
      AND p.key_hash = ANY(ARRAY(SELECT sha256(key) FROM unnest($3::bytea[]) AS wanted (key)))
    ORDER BY p.topic, p.key_hash, p.subscriber
    FOR SHARE OF p`,
};

/** Whether one of the keys is parked, for whichever subscriber and in whichever of the topics. Waits for nobody. */
export const anyParkedKey: ReadStatement = {
  name: 'dlq_any_parked_key',
  returns: 'rows',
  tables: ['parked_key'],
  text: `
    SELECT 1 AS parked FROM parked_key p
    WHERE p.consumer_group = $1 AND p.topic = ANY($2::text[])
      AND p.key_hash = ANY(ARRAY(SELECT sha256(key) FROM unnest($3::bytea[]) AS wanted (key)))
    LIMIT 1`,
};
