import type { Statement } from '@waybill/database';

/** A message as an operator looks at it. */
export interface MessageColumns {
  readonly id: string;
  readonly topic: string;
  readonly type: string;
  readonly key: Buffer | null;
  readonly source: string;
  readonly subject: string | null;
  readonly time: string;
  readonly correlationid: string;
  readonly causationid: string | null;
  readonly traceparent: string | null;
  readonly created_at: Date;
  readonly published_at: Date | null;
  /** `null` where it is larger than what is shown. */
  readonly payload: Buffer | null;
  readonly bytes: number;
  /** Set aside, as its key has a row that the broker refuses for good. */
  readonly is_aside: boolean;
}

/** By primary key (`$1` ids), and what waits of keys (`$2` topics, `$3` hashes of the key in each, `$4` key) by their own index. `$5`: most bytes shown. */
export const findMessages: Statement = {
  name: 'outbox_find_messages',
  text: `
    SELECT id, topic, type, key, source, subject, time, correlationid, causationid, traceparent, created_at, published_at,
      CASE WHEN octet_length(payload) <= $5 THEN payload END AS payload, octet_length(payload) AS bytes, shard < 0 AS is_aside
    FROM outbox WHERE id = ANY (
      ARRAY(
        SELECT known.id FROM unnest($1::uuid[]) AS asked (id)
        CROSS JOIN LATERAL (SELECT outbox.id FROM outbox WHERE outbox.id = asked.id) AS known
        UNION
        SELECT waiting.id FROM unnest($2::text[], $3::int[]) AS of_key (topic, key_hash)
        CROSS JOIN LATERAL (
          SELECT outbox.id FROM outbox
          WHERE outbox.key_hash = of_key.key_hash AND outbox.topic = of_key.topic AND outbox.key = $4
            AND outbox.key IS NOT NULL AND outbox.published_at IS NULL
          ORDER BY outbox.seq LIMIT 100
        ) AS waiting
      ))
    ORDER BY id`,
};
