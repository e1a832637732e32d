import type { Statement } from '@waybill/database';

/**
 * One array per column. A second instance of the same saga and id violates the primary key. The times that were decided on
 * by a process's clock become the database's: its own time now, in whole milliseconds as cursors tell it, and as much later as they were
 * later than created_at.
 */
export const insertSagas: Statement = {
  name: 'saga_insert',
  text: `INSERT INTO saga_instance (id, saga, version, status, step, steps, data, failure, deadline_at, revision,
      correlation_id, traceparent, created_at, updated_at)
    SELECT id, saga, version, status, step,
      jsonb_set(steps, '{0,startedAt}', to_jsonb(floor(extract(epoch FROM clock.now) * 1000))), data, failure,
      clock.now + (deadline_at - created_at) * interval '1 ms', 1, correlation_id, traceparent, clock.now, clock.now
    FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[], $8::jsonb[],
      $9::float8[], $10::text[], $11::text[], $12::float8[])
      AS u(id, saga, version, status, step, steps, data, failure, deadline_at, correlation_id, traceparent, created_at),
    (SELECT date_trunc('milliseconds', clock_timestamp()) AS now) AS clock`,
};
