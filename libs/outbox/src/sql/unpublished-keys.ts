import type { Statement } from '@waybill/database';

export const unpublishedKeys: Statement = {
  name: 'outbox_unpublished_keys',
  text: `
    SELECT EXISTS (
      SELECT FROM outbox
      WHERE outbox.key_hash = asked.key_hash AND outbox.topic = asked.topic AND outbox.key = asked.key
        AND outbox.published_at IS NULL
    ) AS unpublished
    FROM unnest($1::text[], $2::bytea[], $3::int[]) WITH ORDINALITY AS asked (topic, key, key_hash, position)
    ORDER BY asked.position`,
};
