import type { Statement } from '@waybill/database';

/** One array per column. A second instance of the same saga and id violates the primary key. */
export const insertSagas: Statement = {
  name: 'saga_insert',
  text: `INSERT INTO saga_instance (id, saga, version, status, step, steps, data, failure, deadline_at, revision,
      correlation_id, traceparent, created_at, updated_at)
    SELECT id, saga, version, status, step, steps, data, failure, to_timestamp(deadline_at / 1000.0), 1,
      correlation_id, traceparent, to_timestamp(created_at / 1000.0), to_timestamp(updated_at / 1000.0)
    FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[], $8::jsonb[],
      $9::float8[], $10::text[], $11::text[], $12::float8[], $13::float8[])
      AS u(id, saga, version, status, step, steps, data, failure, deadline_at,
        correlation_id, traceparent, created_at, updated_at)`,
};
