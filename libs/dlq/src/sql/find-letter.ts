import type { Statement } from '@waybill/database';

const BEHIND = `
  (SELECT count(*)::int FROM held_message later
   WHERE later.consumer_group = h.consumer_group AND later.topic = h.topic AND later.key_hash = h.key_hash
     AND later.subscriber = h.subscriber AND later.state IN ('retrying', 'parked', 'dead') AND later.seq > h.seq) AS behind`;

/** `$2` seq. `behind`: how many messages of its key wait behind it. */
export const findLetter: Statement = {
  name: 'dlq_find_letter',
  text: `SELECT h.*, ${BEHIND} FROM held_message h WHERE h.consumer_group = $1 AND h.seq = $2::bigint`,
};

/** The same for a change that follows in the transaction. */
export const lockLetter: Statement = {
  name: 'dlq_lock_letter',
  text: `SELECT h.* FROM held_message h WHERE h.consumer_group = $1 AND h.seq = $2::bigint FOR UPDATE`,
};
