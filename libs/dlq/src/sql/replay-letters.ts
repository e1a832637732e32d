import { LONG_QUERY_TIMEOUT_MS } from '@waybill/database';
import type { Statement } from '@waybill/database';

import { isHead, LETTER_FILTER, PLANNED_EACH_TIME } from './letter-filter.js';

/**
 * Makes letters due at once, oldest first, and records it. `$12` run, `$13` limit, `$14` whether a dead letter holds its
 * key, `$15` who, `$16` why. Letters that another call is taking are left to it; that a letter was tried in this run is
 * asked of its own row too, because only the row is looked at again when another call was quicker.
 */
export const replayLetters: Statement = {
  name: PLANNED_EACH_TIME,
  queryTimeoutMs: LONG_QUERY_TIMEOUT_MS,
  text: `
    WITH taken AS MATERIALIZED (
      SELECT h.seq FROM held_message h
      WHERE ${LETTER_FILTER} AND h.state = 'dead' AND h.replay_run IS DISTINCT FROM $12::uuid
        AND ${isHead('$14::boolean')}
        AND NOT EXISTS (SELECT 1 FROM dead_letter_action a WHERE a.held_seq = h.seq AND a.run = $12::uuid OFFSET 0)
      ORDER BY h.seq LIMIT $13 FOR UPDATE OF h SKIP LOCKED),
    changed AS (
      UPDATE held_message h SET state = 'retrying', next_attempt_at = now(), claimed_until = NULL, updated_at = now(),
        replay_run = $12::uuid
      FROM taken WHERE h.seq = taken.seq RETURNING h.seq)
    INSERT INTO dead_letter_action (held_seq, action, who, why, run)
    SELECT seq, 'replay', $15, $16, $12::uuid FROM changed ORDER BY seq
    RETURNING held_seq AS seq`,
};
