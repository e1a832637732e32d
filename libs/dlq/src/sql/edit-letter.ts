import type { Statement } from '@waybill/database';

/**
 * `$1` seq, `$2` new message id, `$3` type, `$4` headers, `$5` value. A new message in the old one's place: due at once, its
 * attempts are its own. It replaces the one that was published, however often it is edited. What it was is in the audit: `$6` who,
 * `$7` why, `$8` detail.
 */
export const editLetter: Statement = {
  name: 'dlq_edit_letter',
  text: `
    WITH before AS (
      SELECT seq, headers, value FROM held_message WHERE seq = $1 AND state = 'dead' FOR UPDATE),
    changed AS (
      UPDATE held_message h SET message_id = $2, type = $3, headers = $4, value = $5, state = 'retrying', attempts = 0,
        next_attempt_at = now(), claimed_until = NULL, updated_at = now(), replaces = coalesce(h.replaces, h.message_id)
      FROM before WHERE h.seq = before.seq RETURNING h.seq)
    INSERT INTO dead_letter_action (held_seq, action, who, why, detail, old_headers, old_value)
    SELECT changed.seq, 'edit', $6, $7, $8::jsonb, before.headers, before.value
    FROM changed JOIN before USING (seq)
    RETURNING held_seq AS seq`,
};
