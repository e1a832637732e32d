import type { Statement } from '@waybill/database';

/**
 * Marks rows ($1 seq, $2 position of their lease in $3-$5) of those leases that still hold: owner and epoch are as they were
 * when the rows were sent. Without waiting for the disk: a lost mark is a duplicate, which the inbox removes.
 */
export const markPublished: Statement = {
  name: 'outbox_mark_published',
  text: `
    UPDATE outbox SET published_at = clock_timestamp()
    FROM unnest($1::bigint[], $2::int[]) AS sent (seq, lease)
    JOIN (
      SELECT given.position::int AS position
      FROM unnest($3::text[], $4::smallint[], $5::bigint[]) WITH ORDINALITY AS given (topic, lane, epoch, position)
      JOIN outbox_lease AS held ON held.topic = given.topic AND held.lane = given.lane
      WHERE held.epoch = given.epoch AND held.owner = $6
        AND set_config('synchronous_commit', 'off', true) IS NOT NULL
    ) AS valid ON valid.position = sent.lease
    WHERE outbox.seq = sent.seq AND outbox.published_at IS NULL
    RETURNING outbox.seq`,
};
