import type { Statement } from '@waybill/database';

export interface WaitingColumns {
  readonly id: string;
  /** bigint */
  readonly seq: string;
  readonly type: string;
  readonly key: Buffer | null;
  readonly created_at: Date;
  readonly bytes: number;
}

/**
 * Unpublished rows of topic $1 after seq $2, the oldest $3, without those that were set aside. Hops from shard to shard in the partial
 * index and reads at most $3 rows of each, whatever waits there.
 */
export const listWaiting: Statement = {
  name: 'outbox_list_waiting',
  text: `
    WITH RECURSIVE hop AS (
      (SELECT shard FROM outbox WHERE topic = $1 AND published_at IS NULL AND shard >= 0 ORDER BY shard LIMIT 1)
      UNION ALL
      SELECT following.shard
      FROM hop CROSS JOIN LATERAL (
        SELECT outbox.shard FROM outbox
        WHERE outbox.topic = $1 AND published_at IS NULL AND outbox.shard >= 0 AND outbox.shard > hop.shard
        ORDER BY outbox.shard LIMIT 1
      ) AS following
    )
    SELECT row.id, row.seq, row.type, row.key, row.created_at, octet_length(row.payload) AS bytes
    FROM hop CROSS JOIN LATERAL (
      SELECT * FROM outbox
      WHERE outbox.topic = $1 AND outbox.shard = hop.shard AND outbox.shard >= 0 AND published_at IS NULL AND outbox.seq > $2::bigint
      ORDER BY outbox.seq LIMIT $3
    ) AS row
    ORDER BY row.seq LIMIT $3`,
};
