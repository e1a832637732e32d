import type { Statement } from '@waybill/database';

/** In the order given. A message that is held already stays as it is. */
export const insertHeld: Statement = {
  name: 'dlq_insert_held',
  text: `
    INSERT INTO held_message (consumer_group, source, message_id, type, handler, topic, partition, position, timestamp_ms,
      key, headers, value, state, attempts, reason, first_error, last_error, fingerprint, next_attempt_at, service_version, undoes, subscriber)
    SELECT consumer_group, source, message_id, type, handler, topic, partition, position, timestamp_ms,
      key, headers, value, state, attempts, reason, error, error, fingerprint,
      now() + delay_ms * interval '1 millisecond', $18, undoes::text[], subscriber
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::text[], $9::bigint[],
      $10::bytea[], $11::bytea[], $12::bytea[], $13::text[], $14::int[], $15::text[], $16::text[], $17::text[], $19::float8[],
      $20::text[], $21::text[])
      WITH ORDINALITY AS held (consumer_group, source, message_id, type, handler, topic, partition, position, timestamp_ms,
        key, headers, value, state, attempts, reason, error, fingerprint, delay_ms, undoes, subscriber, place)
    ORDER BY place
    ON CONFLICT (consumer_group, source, message_id, subscriber) DO NOTHING
    RETURNING seq, message_id, source`,
};
