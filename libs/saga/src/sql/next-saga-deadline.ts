import type { Statement } from '@waybill/database';

/** When the table is to be looked at next; no later than the next deadline. */
export const nextSagaDeadline: Statement = {
  name: 'saga_next_deadline',
  text: `SELECT (extract(epoch FROM min(wake_at) - clock_timestamp()) * 1000)::float8 AS in_ms
    FROM saga_instance WHERE wake_at IS NOT NULL`,
};
