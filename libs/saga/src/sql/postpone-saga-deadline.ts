import type { Statement } from '@waybill/database';

/** $1 saga, $2 id, $3 milliseconds from now: only if it is still due. */
export const postponeSagaDeadline: Statement = {
  name: 'saga_postpone',
  text: `UPDATE saga_instance
    SET deadline_at = now() + $3::float8 * interval '1 ms', wake_at = now() + $3::float8 * interval '1 ms',
      revision = revision + 1
    WHERE saga = $1 AND id = $2 AND deadline_at <= now()`,
};
