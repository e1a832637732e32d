import type { Statement } from '@waybill/database';

import { isHead, LETTER_FILTER, PLANNED_EACH_TIME } from './letter-filter.js';

/** Oldest first. `$12` after this seq, `$13` limit, `$14` whether a dead letter holds its key. */
export const previewLetters: Statement = {
  name: PLANNED_EACH_TIME,
  text: `
    SELECT h.*, ${isHead('$14::boolean')} AS head,
      (SELECT count(*)::int FROM held_message later
       WHERE later.consumer_group = h.consumer_group AND later.topic = h.topic AND later.key_hash = h.key_hash
         AND later.subscriber = h.subscriber AND later.state = 'parked' AND later.seq > h.seq) AS behind
    FROM held_message h
    WHERE ${LETTER_FILTER} AND h.seq > $12::bigint
    ORDER BY h.seq LIMIT $13`,
};
