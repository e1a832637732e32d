import type { WriteStatement } from '@waybill/database';

/**
 * One array per column. A second instance of the same saga and id violates the primary key. The times that were decided on
 * by a process's clock become the database's: its own time now, in whole milliseconds as cursors tell it, and as much later as they were
 * later than created_at.
 */
export const insertSagas: WriteStatement = {
  name: 'saga_insert',
  tables: ['saga_instance'],
  text: `INSERT INTO saga_instance (id, saga, version, status, step, steps, data, failure, deadline_at, wake_at,
      revision, correlation_id, traceparent, created_at, updated_at)
    SELECT id, saga, version, status, step, steps, data, failure, deadline_at, deadline_at, 1, correlation_id, traceparent,
      now, now
    FROM (SELECT given.*, clock.now, clock.now + (deadline_ms - created_ms) * interval '1 ms' AS deadline_at
      FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::json[], $7::json[], $8::json[],
        $9::float8[], $10::text[], $11::text[], $12::float8[])
        AS given(id, saga, version, status, step, steps, data, failure, deadline_ms, correlation_id, traceparent, created_ms),
      (SELECT date_trunc('milliseconds', clock_timestamp()) AS now) AS clock) AS started`,
};
