import type { Statement } from '@waybill/database';

export interface InsertedRow {
  /** bigint */
  readonly seq: string;
  /** That of the key's unpublished rows, else the one given. Negative: the key waits behind a row that the broker refuses. */
  readonly shard: number;
  /** bigint */
  readonly unpublished_before: string | null;
}

/**
 * One statement for any number of rows: arrays count as one parameter each. Rows get their seq in the order of the arrays.
 * The subqueries see what was committed before this statement: all of the key's rows, as the caller holds the key's lock. So
 * all unpublished rows of a key are in one shard, whichever processes write them, and one relay orders them.
 */
export const insertRows: Statement = {
  name: 'outbox_insert_rows',
  text: `
    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, topic, key, key_hash, shard, subject, time,
                        correlationid, causationid, traceparent, source)
    SELECT id, aggregatetype, aggregateid, type, payload, topic, key, key_hash, COALESCE((
             SELECT earlier.shard FROM outbox AS earlier
             WHERE earlier.key_hash = given.key_hash AND earlier.topic = given.topic AND earlier.key = given.key
               AND earlier.key IS NOT NULL AND earlier.published_at IS NULL
             ORDER BY earlier.seq DESC LIMIT 1
           ), given.shard), subject, time,
           correlationid, causationid, traceparent, $15
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::bytea[], $8::int[],
                $9::smallint[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[])
         WITH ORDINALITY AS given (id, aggregatetype, aggregateid, type, payload, topic, key, key_hash, shard, subject,
                                   time, correlationid, causationid, traceparent, position)
    ORDER BY position
    RETURNING seq, shard, (
      SELECT max(earlier.seq) FROM outbox AS earlier
      WHERE earlier.key_hash = outbox.key_hash AND earlier.topic = outbox.topic AND earlier.key = outbox.key
        AND earlier.published_at IS NULL
    ) AS unpublished_before`,
};
