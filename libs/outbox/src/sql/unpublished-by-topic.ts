import type { Statement } from '@waybill/database';

export interface UnpublishedRow {
  readonly topic: string;
  readonly unpublished: number;
  readonly oldest_ms: number;
}

/**
 * Unpublished rows by topic, counted up to $1 a shard, and the age of the oldest in milliseconds. Hops from shard to shard in
 * the partial index and reads the lowest rows of each, so it costs the same whatever the backlog. Needs no lease: it also
 * speaks where no relay has ever run. Within a shard the lowest row is the oldest but for transactions that overlapped.
 */
export const unpublishedByTopic: Statement = {
  name: 'outbox_unpublished_by_topic',
  text: `
    WITH RECURSIVE hop AS (
      (SELECT topic, shard FROM outbox WHERE published_at IS NULL AND shard >= 0 ORDER BY topic, shard LIMIT 1)
      UNION ALL
      SELECT following.topic, following.shard
      FROM hop CROSS JOIN LATERAL (
        SELECT outbox.topic, outbox.shard FROM outbox
        WHERE published_at IS NULL AND outbox.shard >= 0 AND (outbox.topic, outbox.shard) > (hop.topic, hop.shard)
        ORDER BY outbox.topic, outbox.shard LIMIT 1
      ) AS following
    )
    SELECT hop.topic, sum(lowest.rows)::int AS unpublished,
           greatest(0, extract(epoch FROM clock_timestamp() - min(lowest.oldest)) * 1000)::float8 AS oldest_ms
    FROM hop
    CROSS JOIN LATERAL (
      SELECT count(*) AS rows, min(created_at) AS oldest FROM (
        SELECT created_at FROM outbox
        WHERE outbox.topic = hop.topic AND outbox.shard = hop.shard AND outbox.shard >= 0 AND published_at IS NULL
        ORDER BY seq LIMIT $1
      ) AS first
    ) AS lowest
    GROUP BY hop.topic`,
};
