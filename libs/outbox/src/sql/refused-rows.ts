import type { Statement } from '@waybill/database';

/** Both halves of a move into or out of the relay's index; see the migration. Never of published rows. */
const FLIP = 'UPDATE outbox SET shard = -1 - shard';

export interface SetAsideRow {
  readonly id: string;
}

/**
 * Sets aside row $1, which the broker refuses for good, with reason $6, and the later rows of its key. Only while the lease
 * under which it was sent still holds ($2 topic, $3 shard, $4 epoch, $5 owner). The caller holds the key's lock, so every
 * other row of the key has either committed, and is found here, or will be inserted into the shard of these.
 */
export const setAside: Statement = {
  name: 'outbox_set_aside',
  text: `
    WITH refused AS (
      INSERT INTO outbox_refused AS known (id, seq, topic, key, key_hash, type, reason)
      SELECT id, seq, topic, key, key_hash, type, $6 FROM outbox
      WHERE id = $1 AND published_at IS NULL AND EXISTS (
        SELECT FROM outbox_lease WHERE topic = $2 AND shard = $3 AND epoch = $4 AND owner = $5
      )
      ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, refusals = known.refusals + 1, refused_at = now(),
        outcome = NULL, ended_at = NULL, ended_by = NULL, ended_why = NULL
      RETURNING id, seq, topic, key, key_hash
    )
    ${FLIP} FROM (
      SELECT id FROM refused
      UNION
      SELECT later.id FROM refused JOIN outbox AS later
        ON later.key_hash = refused.key_hash AND later.topic = refused.topic AND later.key = refused.key
       AND later.seq > refused.seq AND later.key IS NOT NULL AND later.published_at IS NULL
    ) AS waiting
    WHERE outbox.id = waiting.id AND outbox.shard >= 0 AND outbox.published_at IS NULL
    RETURNING outbox.id`,
};

export interface RefusedColumns {
  readonly id: string;
  readonly topic: string;
  readonly key: Buffer | null;
  readonly key_hash: number;
  readonly type: string;
  readonly reason: string;
  readonly refusals: number;
  readonly refused_at: Date;
  /** Rows of the key that wait, itself included. */
  readonly waiting: number;
}

/** Rows that wait for an operator, the oldest first. */
export const listRefused: Statement = {
  name: 'outbox_list_refused',
  text: `
    SELECT refused.id, topic, key, key_hash, type, reason, refusals, refused_at,
           CASE WHEN key IS NULL THEN 1 ELSE (
             SELECT count(*)::int FROM (
               SELECT FROM outbox WHERE outbox.key_hash = refused.key_hash AND outbox.topic = refused.topic
                 AND outbox.key = refused.key AND outbox.key IS NOT NULL AND outbox.published_at IS NULL LIMIT 1000
             ) AS of_key
           ) END AS waiting
    FROM outbox_refused AS refused WHERE outcome IS NULL ORDER BY refused_at, id LIMIT $1`,
};

export type FoundRefusal = Pick<RefusedColumns, 'topic' | 'key' | 'key_hash' | 'type'> & {
  readonly outcome: string | null;
};

/** What waits under this id, for the transaction that is about to lock its key. */
export const findRefused: Statement = {
  name: 'outbox_find_refused',
  text: 'SELECT topic, key, key_hash, type, outcome FROM outbox_refused WHERE id = $1',
};

/** Ends the wait of $1 with outcome $2, by $3, for reason $4. No row: it has ended already. */
export const endRefusal: Statement = {
  name: 'outbox_end_refusal',
  text: `
    UPDATE outbox_refused SET outcome = $2, ended_at = now(), ended_by = $3, ended_why = $4
    WHERE id = $1 AND outcome IS NULL RETURNING id`,
};

/** A discarded row counts as dealt with, and is swept as a published one. */
export const discardRow: Statement = {
  name: 'outbox_discard_row',
  text: 'UPDATE outbox SET published_at = now() WHERE id = $1 AND published_at IS NULL',
};

/** Brings row $1 and what waits behind it back to the relay, in the order in which they were committed. */
export const bringBack: Statement = {
  name: 'outbox_bring_back',
  text: `
    ${FLIP} FROM (
      SELECT id FROM outbox WHERE id = $1
      UNION
      SELECT later.id FROM outbox_refused AS refused JOIN outbox AS later
        ON later.key_hash = refused.key_hash AND later.topic = refused.topic AND later.key = refused.key
       AND later.key IS NOT NULL AND later.published_at IS NULL
      WHERE refused.id = $1
    ) AS waiting
    WHERE outbox.id = waiting.id AND outbox.shard < 0 AND outbox.published_at IS NULL
    RETURNING outbox.id`,
};

/** Which of the messages $1 the broker refuses for good, and why. */
export const refusedAmong: Statement = {
  name: 'outbox_refused_among',
  text: `
    SELECT asked.id, refused.reason FROM unnest($1::uuid[]) AS asked (id)
    JOIN outbox ON outbox.id = asked.id AND outbox.published_at IS NULL AND outbox.shard < 0
    JOIN outbox_refused AS refused ON refused.outcome IS NULL AND (refused.id = asked.id OR (
      refused.key_hash = outbox.key_hash AND refused.topic = outbox.topic AND refused.key = outbox.key))`,
};
