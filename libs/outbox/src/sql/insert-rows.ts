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
 * `placed` sees what was committed before this statement: all of the key's rows, as the caller holds the key's lock. So
 * all unpublished rows of a key are in one shard, whichever processes write them, and one relay orders them. It is complete before the
 * first row is inserted: a look-up beside the INSERT would step over all rows of the key that the statement has inserted so far.
 */
export const insertRows: Statement = {
  name: 'outbox_insert_rows',
  text: `
    WITH placed AS MATERIALIZED (
      SELECT given.*, before.seq AS before_seq, before.shard AS before_shard
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::bytea[], $8::int[],
                  $9::smallint[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[])
           WITH ORDINALITY AS given (id, aggregatetype, aggregateid, type, payload, topic, key, key_hash, shard, subject,
                                     time, correlationid, causationid, traceparent, position)
      LEFT JOIN LATERAL (
        SELECT earlier.seq, earlier.shard FROM outbox AS earlier
        WHERE earlier.key_hash = given.key_hash AND earlier.topic = given.topic AND earlier.key = given.key
          AND earlier.key IS NOT NULL AND earlier.published_at IS NULL
        ORDER BY earlier.seq DESC LIMIT 1
      ) AS before ON true
    ), inserted AS (
      INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, topic, key, key_hash, shard, subject, time,
                          correlationid, causationid, traceparent, source)
      SELECT id, aggregatetype, aggregateid, type, payload, topic, key, key_hash, COALESCE(before_shard, shard), subject, time,
             correlationid, causationid, traceparent, $15
      FROM placed ORDER BY position
      RETURNING id, seq, shard
    )
    SELECT inserted.seq, inserted.shard, placed.before_seq AS unpublished_before FROM inserted JOIN placed USING (id)`,
};
