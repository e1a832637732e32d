import type { Statement } from '@waybill/database';

/**
 * Records the attempt numbered $3 of the message $8, unless somebody has recorded it or has dealt with the message. A
 * replay that waited for a message that is dead again hears of it.
 */
export const failHeld: Statement = {
  name: 'dlq_fail_held',
  text: `
    WITH failed AS (
      UPDATE held_message SET state = $2, attempts = $3, reason = $4, last_error = $5, fingerprint = $6,
        first_error = coalesce(first_error, $5), next_attempt_at = now() + $7::float8 * interval '1 millisecond',
        claimed_until = NULL, updated_at = now()
      WHERE seq = $1 AND message_id = $8 AND state IN ('retrying', 'parked') AND attempts < $3
      RETURNING seq, state),
    told AS (
      UPDATE dead_letter_action a SET outcome = 'failed', ended_at = now()
      FROM failed WHERE failed.state = 'dead' AND a.held_seq = failed.seq AND a.outcome IS NULL
        AND a.action IN ('replay', 'edit'))
    SELECT seq FROM failed`,
};
