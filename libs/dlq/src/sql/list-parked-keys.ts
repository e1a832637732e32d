import type { Statement } from '@waybill/database';

/** `of`: which of the parked keys, as a condition on `p`. A key's head is what the others wait for. */
const listOf = (of: string): string => `
    SELECT p.topic, p.key, p.key_hash, p.subscriber, p.parked_at, (extract(epoch FROM p.parked_at) * 1000000)::bigint AS parked_us,
      (SELECT count(*)::int FROM held_message h
       WHERE h.consumer_group = p.consumer_group AND h.topic = p.topic AND h.key_hash = p.key_hash
         AND h.subscriber = p.subscriber AND h.state IN ('retrying', 'parked', 'dead')) AS messages,
      head.seq AS head_seq, head.state AS head_state, head.next_attempt_at AS head_next_attempt_at
    FROM parked_key p LEFT JOIN LATERAL (
      SELECT h.seq, h.state, h.next_attempt_at FROM held_message h
      WHERE h.consumer_group = p.consumer_group AND h.topic = p.topic AND h.key_hash = p.key_hash
        AND h.subscriber = p.subscriber AND h.state IN ('retrying', 'parked', 'dead')
      ORDER BY h.seq LIMIT 1) head ON true
    WHERE p.consumer_group = $1 AND ${of} AND ($2::bigint IS NULL OR
      (p.parked_at, p.topic, p.key_hash, p.subscriber) >
        ('epoch'::timestamptz + $2::bigint * interval '1 microsecond', $3::text, $4::bytea, $5::text))
    ORDER BY p.parked_at, p.topic, p.key_hash, p.subscriber LIMIT $6`;

/**
 * Longest parked first. `$2` `$3` `$4` `$5` continue after this key (microseconds since 1970, topic, hash, subscriber) or null, `$6` limit.
 */
export const listParkedKeys: Statement = { name: 'dlq_list_parked_keys', text: listOf('true') };

/**
 * The same of key `$7` alone. Topics and handlers in which it can be parked are those of which a message of it is held: parked keys are
 * indexed by both.
 */
export const listParkedKeysOf: Statement = {
  name: 'dlq_list_parked_keys_of',
  text: listOf(`(p.topic, p.key_hash, p.subscriber) IN (
      SELECT DISTINCT h.topic, h.key_hash, h.subscriber FROM held_message h
      WHERE h.key_hash = sha256($7::bytea) AND h.consumer_group = $1)`),
};
