import type { Statement } from '@waybill/database';

import { LETTER_FILTER, PLANNED_EACH_TIME } from './letter-filter.js';

/** Newest first, without what is long. `$12` before this seq, `$13` limit. */
export const listLetters: Statement = {
  name: PLANNED_EACH_TIME,
  text: `
    SELECT h.seq, h.state, h.type, h.key, h.topic, h.partition, h.position, h.handler, h.subscriber, h.attempts, h.reason,
      h.fingerprint, left(split_part(h.last_error, E'\\n', 1), 500) AS last_error, h.held_at, h.updated_at, h.next_attempt_at
    FROM held_message h
    WHERE ${LETTER_FILTER} AND ($12::bigint IS NULL OR h.seq < $12)
    ORDER BY h.seq DESC LIMIT $13`,
};
