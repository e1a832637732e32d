import type { Statement } from '@waybill/database';

/** Those of keys `$2` with a letter that is open. Keys are compared, too: the index holds hashes. */
export const openKeys: Statement = {
  name: 'dlq_open_keys',
  text: `
    SELECT DISTINCT h.key FROM unnest($2::bytea[]) AS wanted (key)
    JOIN held_message h ON h.consumer_group = $1 AND h.key_hash = sha256(wanted.key) AND h.key = wanted.key
    WHERE h.state IN ('retrying', 'parked', 'dead')`,
};

/** Deletes letters of keys `$2` that have come to their end, but not messages `$3`; the audit goes with them. */
export const eraseLetters: Statement = {
  name: 'dlq_erase_letters',
  text: `
    DELETE FROM held_message h USING unnest($2::bytea[]) AS wanted (key)
    WHERE h.consumer_group = $1 AND h.key_hash = sha256(wanted.key) AND h.key = wanted.key
      AND h.state IN ('handled', 'discarded', 'superseded') AND NOT h.message_id = ANY ($3::text[])`,
};
