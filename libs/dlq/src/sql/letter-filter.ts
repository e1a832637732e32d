/**
 * Which letters: `$1` group, `$2` state, `$3` type, `$4` key, `$5` fingerprint, `$6` part of the error, `$7` handler,
 * `$8` topic, `$9` since, `$10` until, `$11` seqs; null, or the state `any`, = all of them. Statements with it have no
 * name, and run on an operator's connection or after `byIndexAndValues`, so that PostgreSQL plans each call for its own values: a plan for any
 * values can use no partial index.
 */
export const LETTER_FILTER = `
  h.consumer_group = $1 AND ($2::text = 'any' OR h.state = $2)
  AND ($3::text IS NULL OR (left(h.type, 100) = left($3, 100) AND h.type = $3))
  AND ($4::bytea IS NULL OR (h.key_hash = sha256($4) AND h.key = $4))
  AND ($5::text IS NULL OR h.fingerprint = $5)
  AND ($6::text IS NULL OR strpos(lower(h.last_error), lower($6)) > 0)
  AND ($7::text IS NULL OR h.handler = $7)
  AND ($8::text IS NULL OR h.topic = $8)
  AND ($9::timestamptz IS NULL OR (CASE WHEN h.state = 'dead' THEN h.updated_at ELSE h.held_at END) >= $9)
  AND ($10::timestamptz IS NULL OR (CASE WHEN h.state = 'dead' THEN h.updated_at ELSE h.held_at END) < $10)
  AND ($11::bigint[] IS NULL OR h.seq = ANY ($11))`;

/** See {@link LETTER_FILTER}. */
export const PLANNED_EACH_TIME = '';

/**
 * Nothing earlier of its key is open, so it can run. `holds`: an expression, whether a dead letter holds its key. OFFSET 0 keeps it a look-up of each
 * letter: as a join it may read all open ones once a letter, where the table was small when it was last analysed.
 */
export const isHead = (holds: string): string => `
  NOT EXISTS (
    SELECT 1 FROM held_message earlier
    WHERE earlier.consumer_group = h.consumer_group AND earlier.topic = h.topic AND earlier.key_hash = h.key_hash
      AND earlier.subscriber = h.subscriber AND earlier.state IN ('retrying', 'parked', 'dead') AND (${holds} OR earlier.state <> 'dead')
      AND earlier.seq < h.seq OFFSET 0)`;
