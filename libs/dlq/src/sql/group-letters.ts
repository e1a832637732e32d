import type { Statement } from '@waybill/database';

import { LETTER_FILTER, PLANNED_EACH_TIME } from './letter-filter.js';

/** The newest letter's error stands for its group, looked up after grouping: errors are long, letters are many. */
export const groupLetters: Statement = {
  name: PLANNED_EACH_TIME,
  text: `
    SELECT g.fingerprint, g.type, g.handler, g.letters, g.keys, g.first_at, g.last_at,
      left(split_part(newest.last_error, E'\\n', 1), 500) AS last_error
    FROM (
      SELECT h.fingerprint, h.type, h.handler, count(*)::int AS letters,
        (count(DISTINCT (h.topic, h.key_hash)) FILTER (WHERE h.key_hash IS NOT NULL)
          + count(*) FILTER (WHERE h.key_hash IS NULL))::int AS keys,
        min(h.held_at) AS first_at, max(h.updated_at) AS last_at, max(h.seq) AS seq
      FROM held_message h WHERE ${LETTER_FILTER}
      GROUP BY h.fingerprint, h.type, h.handler) g
    JOIN held_message newest USING (seq)
    ORDER BY g.letters DESC, g.seq DESC
    LIMIT 1000`,
};
