import { LONG_QUERY_TIMEOUT_MS } from '@waybill/database';
import type { Statement } from '@waybill/database';

/** `$2` age in milliseconds, `$3` most rows. Only what has come to its end; the audit goes with it. */
export const sweepHeld: Statement = {
  name: 'dlq_sweep_held',
  queryTimeoutMs: LONG_QUERY_TIMEOUT_MS,
  text: `
    WITH old AS (
      SELECT seq FROM held_message
      WHERE consumer_group = $1 AND state IN ('handled', 'discarded', 'superseded')
        AND updated_at < now() - $2::float8 * interval '1 millisecond'
      ORDER BY updated_at LIMIT $3 FOR UPDATE SKIP LOCKED)
    DELETE FROM held_message USING old WHERE held_message.seq = old.seq
    RETURNING 1 AS swept`,
};

/** Runs of that age of which no letter is left. */
export const sweepRuns: Statement = {
  name: 'dlq_sweep_runs',
  queryTimeoutMs: LONG_QUERY_TIMEOUT_MS,
  text: `
    DELETE FROM replay_run r
    WHERE r.consumer_group = $1 AND r.started_at < now() - $2::float8 * interval '1 millisecond'
      AND NOT EXISTS (SELECT 1 FROM dead_letter_action a WHERE a.run = r.id)`,
};
