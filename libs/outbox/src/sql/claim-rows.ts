import type { Statement } from '@waybill/database';

export interface ClaimedColumns {
  /** bigint */
  readonly seq: string;
  readonly id: string;
  readonly type: string;
  readonly payload: Buffer;
  readonly topic: string;
  readonly key: Buffer | null;
  readonly shard: number;
  readonly source: string;
  readonly subject: string | null;
  readonly time: string;
  readonly correlationid: string;
  readonly causationid: string | null;
  readonly traceparent: string | null;
}

/**
 * The lowest unpublished rows of each shard, without those ($3) that are on their way already. Always from the lowest: a
 * transaction may commit a lower seq after a higher one of another key. No row locks: a shard has one reader, its lease's
 * owner. $4 = most rows of one shard; $5 = bytes after which to stop, counted over the shards by seq, so that each shard's part
 * remains its lowest rows without a gap. (NOT IN is hashed; <> ALL of a parameter is a search for each row.)
 */
export const claimRows: Statement = {
  name: 'outbox_claim_rows',
  text: `
    SELECT seq, id, type, payload, topic, key, shard, source, subject, time, correlationid, causationid, traceparent
    FROM (
      SELECT lowest.*, sum(octet_length(lowest.payload)) OVER (ORDER BY lowest.seq) - octet_length(lowest.payload) AS before
      FROM unnest($1::text[], $2::smallint[]) AS leased (topic, shard)
      CROSS JOIN LATERAL (
        SELECT seq, id, type, payload, topic, key, shard, source, subject, time, correlationid, causationid, traceparent
        FROM outbox
        WHERE outbox.topic = leased.topic AND outbox.shard = leased.shard AND outbox.shard >= 0
          AND outbox.published_at IS NULL AND outbox.seq NOT IN (SELECT unnest($3::bigint[]))
        ORDER BY outbox.seq
        LIMIT $4
      ) AS lowest
    ) AS counted
    WHERE before < $5
    ORDER BY seq`,
};
