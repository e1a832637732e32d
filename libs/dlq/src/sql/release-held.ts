import type { Statement } from '@waybill/database';

/** The infrastructure failed: nobody's attempt, soon again. */
export const releaseHeld: Statement = {
  name: 'dlq_release_held',
  text: `
    UPDATE held_message SET state = 'retrying', next_attempt_at = now() + interval '1 second', claimed_until = NULL
    WHERE seq = $1 AND state IN ('retrying', 'parked')`,
};
