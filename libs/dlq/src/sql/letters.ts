import type { Statement } from '@waybill/database';

/** $2 type, $3 fingerprint, $4 key, $5 seqs: each null = any. $6 before seq, $7 limit. Newest first. */
export const listLetters: Statement = {
  name: 'dlq_list_letters',
  text: `
    SELECT * FROM held_message
    WHERE consumer_group = $1 AND state = 'dead'
      AND ($2::text IS NULL OR type = $2) AND ($3::text IS NULL OR fingerprint = $3)
      AND ($4::bytea IS NULL OR key = $4) AND ($5::bigint[] IS NULL OR seq = ANY ($5))
      AND ($6::bigint IS NULL OR seq < $6)
    ORDER BY seq DESC LIMIT $7`,
};

/** The newest letter's error stands for its group, looked up after grouping: errors are long, letters are many. */
export const groupLetters: Statement = {
  name: 'dlq_group_letters',
  text: `
    SELECT g.fingerprint, g.type, g.letters, g.first_at, g.last_at, newest.last_error
    FROM (
      SELECT fingerprint, type, count(*)::int AS letters, min(held_at) AS first_at, max(updated_at) AS last_at,
        max(seq) AS seq
      FROM held_message WHERE consumer_group = $1 AND state = 'dead'
      GROUP BY fingerprint, type) g
    JOIN held_message newest USING (seq)
    ORDER BY g.letters DESC, g.seq DESC`,
};

/** Dead letters become due at once; whoever comes second changes nothing. The action is recorded for those that changed. */
export const replayLetters: Statement = {
  name: 'dlq_replay_letters',
  text: `
    WITH changed AS (
      UPDATE held_message SET state = 'retrying', next_attempt_at = now(), claimed_until = NULL, updated_at = now()
      WHERE consumer_group = $1 AND state = 'dead' AND seq = ANY ($2::bigint[]) RETURNING seq)
    INSERT INTO dead_letter_action (held_seq, action, who, why) SELECT seq, 'replay', $3, $4 FROM changed
    RETURNING held_seq`,
};

export const discardLetters: Statement = {
  name: 'dlq_discard_letters',
  text: `
    WITH changed AS (
      UPDATE held_message SET state = 'discarded', updated_at = now()
      WHERE consumer_group = $1 AND state = 'dead' AND seq = ANY ($2::bigint[]) RETURNING seq, source, message_id),
    audited AS (
      INSERT INTO dead_letter_action (held_seq, action, who, why) SELECT seq, 'discard', $3, $4 FROM changed)
    SELECT source, message_id FROM changed`,
};
