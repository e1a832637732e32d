import type { Statement } from '@waybill/database';

export const nextSagaDeadline: Statement = {
  name: 'saga_next_deadline',
  text: `SELECT (extract(epoch FROM min(deadline_at) - clock_timestamp()) * 1000)::float8 AS in_ms
    FROM saga_instance WHERE deadline_at IS NOT NULL`,
};
