import { LONG_QUERY_TIMEOUT_MS } from '@waybill/database';
import type { Statement } from '@waybill/database';

import { LETTER_FILTER, PLANNED_EACH_TIME } from './letter-filter.js';

/** A letter without a key counts as a key of its own. */
export const countLetters: Statement = {
  name: PLANNED_EACH_TIME,
  queryTimeoutMs: LONG_QUERY_TIMEOUT_MS,
  text: `
    SELECT count(*)::int AS count,
      (count(DISTINCT (h.topic, h.key_hash)) FILTER (WHERE h.key_hash IS NOT NULL)
        + count(*) FILTER (WHERE h.key_hash IS NULL))::int AS keys
    FROM held_message h WHERE ${LETTER_FILTER}`,
};

/** Those of the filter that the run `$12` hasn't tried. */
export const countUntried: Statement = {
  name: PLANNED_EACH_TIME,
  queryTimeoutMs: LONG_QUERY_TIMEOUT_MS,
  text: `
    SELECT count(*)::int AS count FROM held_message h
    WHERE ${LETTER_FILTER} AND NOT EXISTS (
      SELECT 1 FROM dead_letter_action a WHERE a.held_seq = h.seq AND a.run = $12::uuid)`,
};
