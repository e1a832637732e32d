import type { Statement } from '@waybill/database';

/** One array per column, $9 = their length. `data` is null where it hasn't changed. Fails as a whole if a revision has moved on. */
export const saveSagas: Statement = {
  name: 'saga_save',
  text: `WITH saved AS (
      UPDATE saga_instance AS s SET
        status = u.status, step = u.step, steps = u.steps, data = coalesce(u.data, s.data), failure = u.failure,
        deadline_at = to_timestamp(u.deadline_at / 1000.0), updated_at = to_timestamp(u.updated_at / 1000.0),
        revision = s.revision + 1
      FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[], $8::jsonb[],
        $10::float8[], $11::float8[])
        AS u(id, saga, revision, status, step, steps, data, failure, deadline_at, updated_at)
      WHERE s.id = u.id AND s.saga = u.saga AND s.revision = u.revision
      RETURNING 1)
    SELECT saga_require_saved($9::bigint, (SELECT count(*) FROM saved))`,
};
