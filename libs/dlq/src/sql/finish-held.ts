import type { Statement } from '@waybill/database';

/**
 * Run inside the handlers' transaction. A message that isn't returned was dealt with by somebody else, or an edit has put another in
 * its place: $1 seqs, $2 the ids that were claimed. A replay that waited for one that is returned hears of it. The seqs are
 * named twice: so that no plan reads other rows.
 */
export const finishHeld: Statement = {
  name: 'dlq_finish_held',
  text: `
    WITH finished AS (
      UPDATE held_message h SET state = 'handled', attempts = h.attempts + 1, next_attempt_at = NULL, claimed_until = NULL,
        updated_at = now()
      FROM unnest($1::bigint[], $2::text[]) AS claimed (seq, message_id)
      WHERE h.seq = ANY ($1) AND h.seq = claimed.seq AND h.message_id = claimed.message_id
        AND h.state IN ('retrying', 'parked')
      RETURNING h.seq),
    told AS (
      UPDATE dead_letter_action a SET outcome = 'replayed', ended_at = now()
      FROM finished
      WHERE a.held_seq = ANY ($1) AND a.held_seq = finished.seq AND a.outcome IS NULL AND a.action IN ('replay', 'edit'))
    SELECT seq FROM finished`,
};
