import type { WriteStatement } from '@waybill/database';

/**
 * One array per column, $9 = their length. `data` is null where it hasn't changed. Fails as a whole if a revision has moved on.
 * `wake_at` stays while it lies ahead, unless the deadline ends or comes before it: so the update touches no index.
 */
export const saveSagas: WriteStatement = {
  name: 'saga_save',
  tables: ['saga_instance'],
  with: {
    saga_saved: `
      UPDATE saga_instance AS s SET
        status = u.status, step = u.step, steps = u.steps, data = coalesce(u.data, s.data), failure = u.failure,
        deadline_at = u.deadline_at, updated_at = to_timestamp(u.updated_at / 1000.0),
        wake_at = CASE WHEN s.wake_at > now() AND s.wake_at < u.deadline_at THEN s.wake_at ELSE u.deadline_at END,
        revision = s.revision + 1
      FROM (SELECT id, saga, revision, status, step, steps, data, failure,
          to_timestamp(deadline_ms / 1000.0) AS deadline_at, updated_at
        FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::json[], $7::json[], $8::json[],
          $10::float8[], $11::float8[])
          AS given(id, saga, revision, status, step, steps, data, failure, deadline_ms, updated_at)) AS u
      WHERE s.id = ANY($1) AND s.id = u.id AND s.saga = u.saga AND s.revision = u.revision
      RETURNING 1`,
  },
  text: `SELECT saga_require_saved($9::bigint, (SELECT count(*) FROM saga_saved))`,
};
