import type { Statement } from '@waybill/database';

/**
 * Heads of their key's sequence that are due, for this process for a while. A dead letter at the head holds its key until
 * it is replayed or discarded; a message without a key is a sequence of its own.
 */
export const claimRunnable: Statement = {
  name: 'dlq_claim_runnable',
  text: `
    UPDATE held_message SET claimed_until = now() + $2 * interval '1 millisecond'
    WHERE seq IN (
      SELECT h.seq FROM held_message h
      WHERE h.consumer_group = $1
        AND h.state IN ('retrying', 'parked')
        AND (h.state = 'parked' OR h.next_attempt_at <= now())
        AND (h.claimed_until IS NULL OR h.claimed_until < now())
        AND (coalesce(length(h.key), 0) = 0 OR NOT EXISTS (
          SELECT 1 FROM held_message earlier
          WHERE earlier.consumer_group = h.consumer_group AND earlier.topic = h.topic AND earlier.key = h.key
            AND earlier.state IN ('retrying', 'parked', 'dead') AND earlier.seq < h.seq))
      ORDER BY h.seq
      LIMIT $3
      FOR UPDATE SKIP LOCKED)
    RETURNING *`,
};
