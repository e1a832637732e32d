import type { Statement } from '@waybill/database';

export interface BacklogRow {
  readonly topic: string;
  readonly unpublished: number;
  readonly oldest_ms: number | null;
}

/**
 * Unpublished rows by topic, counted up to $1 a shard, and the age of the oldest. Reads the lowest rows of each shard from the
 * partial index, so it costs the same whatever the backlog.
 */
export const readBacklog: Statement = {
  name: 'outbox_read_backlog',
  text: `
    SELECT outbox_lease.topic, sum(lowest.rows)::int AS unpublished,
           (extract(epoch FROM clock_timestamp() - min(lowest.oldest)) * 1000)::float8 AS oldest_ms
    FROM outbox_lease
    CROSS JOIN LATERAL (
      SELECT count(*) AS rows, min(created_at) AS oldest FROM (
        SELECT created_at FROM outbox
        WHERE outbox.topic = outbox_lease.topic AND outbox.shard = outbox_lease.shard AND outbox.shard >= 0
          AND published_at IS NULL
        ORDER BY seq LIMIT $1
      ) AS first
    ) AS lowest
    GROUP BY outbox_lease.topic`,
};
