import type { Statement } from '@waybill/database';

export interface OpenSagaCount {
  readonly status: string;
  readonly sagas: number;
  readonly oldest_ms: number | null;
}

const STATUSES = ['RUNNING', 'COMPENSATING', 'COMPENSATION_FAILED'] as const;

// One ordered read of saga_instance_status for each, which ends at $1.
const count = (status: (typeof STATUSES)[number]): string => `
    SELECT '${status}' AS status, count(*)::int AS sagas,
      (greatest(0, extract(epoch FROM clock_timestamp() - min(created_at))) * 1000)::float8 AS oldest_ms
    FROM (SELECT created_at FROM saga_instance WHERE status = '${status}' ORDER BY created_at LIMIT $1) AS oldest`;

/** Sagas that haven't ended, by status, counted up to $1 each, and the age of the oldest in milliseconds. */
export const countOpenSagas: Statement = {
  name: 'saga_count_open',
  text: STATUSES.map(count).join(' UNION ALL '),
};
