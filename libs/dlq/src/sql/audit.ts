import type { Statement } from '@waybill/database';

/** Oldest first; `$2` seq. */
export const findActions: Statement = {
  name: 'dlq_find_actions',
  text: `
    SELECT a.at, a.action, a.who, a.why, a.run, a.outcome, a.ended_at, a.detail, a.old_headers, a.old_value
    FROM dead_letter_action a JOIN held_message h ON h.seq = a.held_seq
    WHERE h.consumer_group = $1 AND a.held_seq = $2::bigint ORDER BY a.id`,
};

/** `$2` seq, `$3` who, `$4` why; recorded before anything is shown. */
export const recordReveal: Statement = {
  name: 'dlq_record_reveal',
  text: `
    INSERT INTO dead_letter_action (held_seq, action, who, why)
    SELECT seq, 'reveal', $3, $4 FROM held_message WHERE consumer_group = $1 AND seq = $2::bigint`,
};
