import { LONG_QUERY_TIMEOUT_MS } from '@waybill/database';
import type { Statement } from '@waybill/database';

import { LETTER_FILTER, PLANNED_EACH_TIME } from './letter-filter.js';

/**
 * Gives messages up that are dead, or wait for a delayed attempt, oldest first; not while an attempt is under way.
 * `$12` limit, `$13` who, `$14` why. A replay that they waited for has been skipped.
 */
export const discardLetters: Statement = {
  name: PLANNED_EACH_TIME,
  queryTimeoutMs: LONG_QUERY_TIMEOUT_MS,
  text: `
    WITH taken AS MATERIALIZED (
      SELECT h.seq FROM held_message h
      WHERE ${LETTER_FILTER} AND h.state IN ('dead', 'retrying')
        AND (h.claimed_until IS NULL OR h.claimed_until < now() OR h.state = 'dead')
      ORDER BY h.seq LIMIT $12 FOR UPDATE OF h SKIP LOCKED),
    changed AS (
      UPDATE held_message h SET state = 'discarded', next_attempt_at = NULL, claimed_until = NULL, updated_at = now()
      FROM taken WHERE h.seq = taken.seq RETURNING h.seq, h.source, h.message_id, h.subscriber),
    audited AS (
      INSERT INTO dead_letter_action (held_seq, action, who, why) SELECT seq, 'discard', $13, $14 FROM changed),
    skipped AS (
      UPDATE dead_letter_action a SET outcome = 'skipped', ended_at = now()
      FROM changed WHERE a.held_seq = changed.seq AND a.outcome IS NULL AND a.action IN ('replay', 'edit'))
    SELECT source, message_id, subscriber FROM changed`,
};
