import type { Statement } from '@waybill/database';

export interface SweptPage {
  /** bigint; the last row looked at, `null` at the end of what is old enough. */
  readonly last: string | null;
  readonly deleted: number;
}

/**
 * Looks at the next $3 rows after seq $1 that are older than $2 ms and deletes those published longer ago than that. Ends
 * at the first row that is too young, so neither a backlog nor the rows still kept are ever scanned.
 */
export const sweepPage: Statement = {
  name: 'outbox_sweep_page',
  text: `
    WITH page AS (
      SELECT seq, created_at, published_at FROM outbox WHERE seq > $1::bigint ORDER BY seq LIMIT $3
    ), deleted AS (
      DELETE FROM outbox USING page
      WHERE outbox.seq = page.seq AND page.published_at < now() - $2::bigint * interval '1 ms'
      RETURNING 1
    )
    SELECT (SELECT max(seq) FROM page HAVING count(*) = $3 AND max(created_at) < now() - $2::bigint * interval '1 ms') AS last,
           (SELECT count(*)::int FROM deleted) AS deleted`,
};

/** Relays that died long ago. */
export const forgetRelays: Statement = {
  name: 'outbox_forget_relays',
  text: `DELETE FROM outbox_relay WHERE expires_at < now() - interval '1 minute'`,
};
