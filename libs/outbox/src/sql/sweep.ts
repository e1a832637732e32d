import type { Statement } from '@waybill/database';

export interface SweptPage {
  /** The last row looked at, `null` at the end of what is old enough. */
  readonly last: string | null;
  readonly deleted: number;
}

/**
 * Looks at the next $3 rows after id $1 and deletes those published longer than $2 ms ago. Where ids are UUIDv7, their order is
 * about the order of time: it ends at the first page without an old row, and what is still kept isn't scanned.
 */
export const sweepPage: Statement = {
  name: 'outbox_sweep_page',
  text: `
    WITH page AS MATERIALIZED (
      SELECT id, created_at, published_at FROM outbox WHERE id > $1::uuid ORDER BY id LIMIT $3
    ), deleted AS (
      DELETE FROM outbox USING page
      WHERE outbox.id = page.id AND page.published_at < now() - $2::bigint * interval '1 ms'
      RETURNING 1
    )
    SELECT CASE WHEN count(*) = $3 AND min(created_at) < now() - $2::bigint * interval '1 ms'
                THEN (array_agg(id ORDER BY id DESC))[1] END AS last,
           (SELECT count(*)::int FROM deleted) AS deleted
    FROM page`,
};

/** How many blocks of the disk the table has. */
export const countBlocks: Statement = {
  name: 'outbox_count_blocks',
  text: `
    SELECT (pg_relation_size('outbox') / current_setting('block_size')::bigint)::float8 AS blocks`,
};

/**
 * Deletes from block $1 up to block $2, of whatever ids, what was published longer than $3 ms ago. Reads those blocks and nothing else.
 * What another relay has in hand is skipped, so that two can't deadlock.
 */
export const sweepBlocks: Statement = {
  name: 'outbox_sweep_blocks',
  text: `
    DELETE FROM outbox WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM outbox
      WHERE ctid >= format('(%s,0)', $1::bigint)::tid AND ctid < format('(%s,0)', $2::bigint)::tid
        AND published_at < now() - $3::bigint * interval '1 ms'
      FOR UPDATE SKIP LOCKED
    ))
    RETURNING 1 AS swept`,
};

/** Relays that died long ago. */
export const forgetRelays: Statement = {
  name: 'outbox_forget_relays',
  text: `DELETE FROM outbox_relay WHERE expires_at < now() - interval '1 minute'`,
};
