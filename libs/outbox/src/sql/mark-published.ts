import type { Statement } from '@waybill/database';

/**
 * Marks rows ($1 seq, $2 position of their lease in $3-$5) of those leases that still hold: owner and epoch are as they were
 * when the rows were sent. Without waiting for the disk: a lost mark is a duplicate, which the inbox removes. The rows are
 * looked up one by one and addressed by ctid, as a join would get whatever plan suited the backlog of another day.
 */
export const markPublished: Statement = {
  name: 'outbox_mark_published',
  text: `
    WITH valid AS MATERIALIZED (
      SELECT sent.seq, held.topic, held.shard
      FROM unnest($3::text[], $4::smallint[], $5::bigint[]) WITH ORDINALITY AS given (topic, shard, epoch, position)
      JOIN outbox_lease AS held ON held.topic = given.topic AND held.shard = given.shard
      JOIN unnest($1::bigint[], $2::int[]) AS sent (seq, lease) ON sent.lease = given.position
      WHERE held.epoch = given.epoch AND held.owner = $6
        AND set_config('synchronous_commit', 'off', true) IS NOT NULL
    )
    UPDATE outbox SET published_at = clock_timestamp()
    WHERE published_at IS NULL AND ctid = ANY (ARRAY(
      SELECT found.ctid FROM valid CROSS JOIN LATERAL (
        SELECT outbox.ctid FROM outbox
        WHERE outbox.topic = valid.topic AND outbox.shard = valid.shard AND outbox.shard >= 0 AND outbox.seq = valid.seq
          AND outbox.published_at IS NULL
        LIMIT 1
      ) AS found
    ))
    RETURNING seq`,
};
