import type { Statement } from '@waybill/database';

export interface HeldDeadlineCount {
  readonly status: string;
  readonly sagas: number;
  readonly oldest_ms: number;
}

/** Deadlines that have passed and that nobody has dealt with, by status, $1 counted in all, and for how long the oldest has been due. */
export const countHeldDeadlines: Statement = {
  name: 'saga_count_held',
  text: `SELECT status, count(*)::int AS sagas,
      (extract(epoch FROM clock_timestamp() - min(deadline_at)) * 1000)::float8 AS oldest_ms
    FROM (SELECT status, deadline_at FROM saga_instance WHERE wake_at <= now() AND deadline_at <= now()
      ORDER BY wake_at LIMIT $1) AS due
    GROUP BY status`,
};
