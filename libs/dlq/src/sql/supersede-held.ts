import type { Statement } from '@waybill/database';

/** Of what waits or is dead, `h` is of a type that the names `undoes` have, in whatever version, and isn't being tried now. */
const isUndone = (undoes: string): string => `
  h.state IN ('retrying', 'parked', 'dead')
  AND regexp_replace(h.type, '\\.v[0-9]+$', '') = ANY (${undoes})
  AND (h.claimed_until IS NULL OR h.claimed_until < now() OR h.state = 'dead')`;

/** A replay that waited for what is given up has been skipped. The seqs are named twice: so that no plan reads other rows. */
const supersede = (undone: string): string => `
  WITH undone AS MATERIALIZED (${undone}),
  changed AS (
    UPDATE held_message h SET state = 'superseded', superseded_by = undone.by, next_attempt_at = NULL,
      claimed_until = NULL, updated_at = now()
    FROM undone WHERE h.seq = ANY (ARRAY(SELECT seq FROM undone)) AND h.seq = undone.seq
    RETURNING h.seq, h.source, h.message_id, h.subscriber),
  skipped AS (
    UPDATE dead_letter_action a SET outcome = 'skipped', ended_at = now()
    FROM changed WHERE a.held_seq = ANY (ARRAY(SELECT seq FROM changed)) AND a.held_seq = changed.seq
      AND a.outcome IS NULL AND a.action IN ('replay', 'edit'))
  SELECT source, message_id, subscriber FROM changed`;

/**
 * `$2` topics, `$3` keys, `$4` subscribers of undoings that have arrived: nobody parks behind, or unparks, these keys meanwhile.
 * Topics and hashes are named twice, as in `supersedeUndone`, so that no plan reads other keys.
 */
export const lockUndoneKeys: Statement = {
  name: 'dlq_lock_undone_keys',
  text: `
    SELECT 1 FROM parked_key p
    WHERE p.consumer_group = $1 AND p.topic = ANY($2)
      AND p.key_hash = ANY(ARRAY(SELECT sha256(key) FROM unnest($3::bytea[]) AS undoing (key)))
      AND (p.topic, p.key_hash, p.subscriber) IN (
        SELECT topic, sha256(key), subscriber
        FROM unnest($2::text[], $3::bytea[], $4::text[]) AS undoing (topic, key, subscriber))
    ORDER BY p.topic, p.key_hash, p.subscriber FOR UPDATE OF p`,
};

/**
 * Gives up what arriving undoings undo: `$2` topics, `$3` keys, `$4` subscribers, `$5` names that one undoes and `$6` its message id, an
 * entry for each name. Locked in the order of `seq`. A transaction that takes one of them meanwhile, for an attempt or a
 * replay, is waited for, and what it has become is looked at again.
 */
export const supersedeUndone: Statement = {
  name: 'dlq_supersede_undone',
  text: supersede(`
    SELECT h.seq, undoing.by
    FROM unnest($2::text[], $3::bytea[], $4::text[], $5::text[], $6::text[]) AS undoing (topic, key, subscriber, name, by)
    JOIN held_message h ON h.consumer_group = $1 AND h.topic = undoing.topic AND h.key_hash = sha256(undoing.key)
      AND h.subscriber = undoing.subscriber
    WHERE h.topic = ANY($2) AND h.key_hash = ANY(ARRAY(SELECT sha256(key) FROM unnest($3::bytea[]) AS undoing (key)))
      AND ${isUndone('ARRAY[undoing.name]')}
    ORDER BY h.seq FOR UPDATE OF h`),
};

/** The same for undoings that are held themselves: they came while what they undo was being tried. */
export const supersedeBehind: Statement = {
  name: 'dlq_supersede_behind',
  text: supersede(`
    SELECT h.seq, undoing.message_id AS by
    FROM held_message undoing
    JOIN held_message h ON h.consumer_group = undoing.consumer_group AND h.topic = undoing.topic
      AND h.key_hash = undoing.key_hash AND h.subscriber = undoing.subscriber AND h.seq < undoing.seq
    WHERE undoing.consumer_group = $1 AND undoing.undoes IS NOT NULL AND undoing.state IN ('retrying', 'parked', 'dead')
      AND ${isUndone('undoing.undoes')}
    ORDER BY h.seq FOR UPDATE OF h SKIP LOCKED`),
};
