import type { Statement } from '@waybill/database';

/** $1 saga, $2 id, $3 milliseconds since 1970, $4 now: only if it is still due. */
export const postponeSagaDeadline: Statement = {
  name: 'saga_postpone',
  text: `UPDATE saga_instance SET deadline_at = to_timestamp($3::float8 / 1000.0), revision = revision + 1
    WHERE saga = $1 AND id = $2 AND deadline_at <= to_timestamp($4::float8 / 1000.0)`,
};
