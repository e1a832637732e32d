import type { Statement } from '@waybill/database';

export const nextSagaDeadline: Statement = {
  name: 'saga_next_deadline',
  text: `SELECT (extract(epoch FROM min(deadline_at)) * 1000)::float8 AS deadline_at
    FROM saga_instance WHERE deadline_at IS NOT NULL`,
};
