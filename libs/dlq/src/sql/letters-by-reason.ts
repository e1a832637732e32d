import type { Statement } from '@waybill/database';

/**
 * Keys with dead letters of one reason. `$2` reason, `$3` continues after the key with this hash, `$4` limit. The index holds
 * hashes, as a key may be longer than an entry; so their order means nothing.
 */
export const keysByReason: Statement = {
  name: '', // planned for its values: a plan for any values can use no partial index
  text: `
    SELECT k.key_hash, newest.key, k.letters, k.first_at, k.types
    FROM (
      SELECT h.key_hash, count(*)::int AS letters, min(h.held_at) AS first_at, max(h.seq) AS seq,
        array_agg(DISTINCT h.type ORDER BY h.type) FILTER (WHERE h.type IS NOT NULL) AS types
      FROM held_message h
      WHERE h.consumer_group = $1 AND h.state = 'dead' AND h.reason = $2 AND h.key_hash IS NOT NULL
        AND ($3::bytea IS NULL OR h.key_hash > $3)
      GROUP BY h.key_hash ORDER BY h.key_hash LIMIT $4) k
    JOIN held_message newest USING (seq)
    ORDER BY k.key_hash`,
};

/** `$2` reason, `$3` key; oldest first. */
export const lockByReason: Statement = {
  name: 'dlq_lock_by_reason',
  text: `
    SELECT h.* FROM held_message h
    WHERE h.consumer_group = $1 AND h.state = 'dead' AND h.reason = $2 AND h.key_hash = sha256($3) AND h.key = $3
    ORDER BY h.seq FOR UPDATE`,
};
