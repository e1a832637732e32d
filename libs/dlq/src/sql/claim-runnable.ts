import type { Statement } from '@waybill/database';

/**
 * Heads of their key's sequence that are due, for this process for a while. $4: whether a dead letter holds its key until
 * it is replayed or discarded. A message without a key has no hash, so nothing is ever before it. What is parked comes to
 * the head key by key.
 */
const claim = (keys: string): string => `
  WITH due AS MATERIALIZED (
    SELECT h.seq FROM held_message h
    WHERE h.consumer_group = $1 AND h.state = 'retrying' AND h.next_attempt_at <= now()
      AND (h.claimed_until IS NULL OR h.claimed_until < now())
      AND NOT EXISTS (
        SELECT 1 FROM held_message earlier
        WHERE earlier.consumer_group = h.consumer_group AND earlier.topic = h.topic AND earlier.key_hash = h.key_hash
          AND earlier.subscriber = h.subscriber AND earlier.state IN ('retrying', 'parked', 'dead') AND ($4 OR earlier.state <> 'dead')
          AND earlier.seq < h.seq OFFSET 0) -- a look-up of each
    ORDER BY h.seq LIMIT $3
    FOR UPDATE SKIP LOCKED),
  next AS MATERIALIZED (
    SELECT h.seq FROM held_message h
    WHERE h.state = 'parked' AND (h.claimed_until IS NULL OR h.claimed_until < now())
      AND h.seq IN (
        SELECT head.seq FROM ${keys} p CROSS JOIN LATERAL (
          SELECT open.seq, open.state FROM held_message open
          WHERE open.consumer_group = p.consumer_group AND open.topic = p.topic AND open.key_hash = p.key_hash
            AND open.subscriber = p.subscriber AND open.state IN ('retrying', 'parked', 'dead') AND ($4 OR open.state <> 'dead')
          ORDER BY open.seq LIMIT 1) head
        WHERE p.consumer_group = $1 AND head.state = 'parked')
    ORDER BY h.seq LIMIT $3
    FOR UPDATE SKIP LOCKED)
  UPDATE held_message h SET claimed_until = now() + $2 * interval '1 millisecond'
  WHERE h.seq = ANY (ARRAY(SELECT seq FROM due UNION ALL SELECT seq FROM next))
  RETURNING h.*`;

/** Looks at all parked keys: the cost grows with them, not with what is parked behind them. */
export const claimRunnable: Statement = { name: 'dlq_claim_runnable', text: claim('parked_key') };

/** What is due anywhere, and of what is parked only what follows the messages `$5`: costs the same however many keys are parked. */
export const claimFollowing: Statement = {
  name: 'dlq_claim_following',
  text: claim(`(
    SELECT DISTINCT m.consumer_group, m.topic, m.key_hash, m.subscriber FROM held_message m
    WHERE m.seq = ANY ($5::bigint[]) AND m.key_hash IS NOT NULL)`),
};
