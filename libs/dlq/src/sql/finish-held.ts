import type { Statement } from '@waybill/database';

/**
 * Run inside the handler's transaction: 0 rows = somebody else has dealt with the message, or an edit ($2 is the id that
 * was claimed) has put another in its place. A replay that waited for it hears of it.
 */
export const finishHeld: Statement = {
  name: 'dlq_finish_held',
  text: `
    WITH finished AS (
      UPDATE held_message SET state = 'handled', attempts = attempts + 1, next_attempt_at = NULL, claimed_until = NULL,
        updated_at = now()
      WHERE seq = $1 AND message_id = $2 AND state IN ('retrying', 'parked')
      RETURNING seq),
    told AS (
      UPDATE dead_letter_action a SET outcome = 'replayed', ended_at = now()
      FROM finished WHERE a.held_seq = finished.seq AND a.outcome IS NULL AND a.action IN ('replay', 'edit'))
    SELECT seq FROM finished`,
};
