import type { Statement } from '@waybill/database';

/** Milliseconds until the next attempt that only waits for its time; null = none. $2 as in the claim. */
export const nextDue: Statement = {
  name: 'dlq_next_due',
  text: `
    SELECT extract(epoch FROM min(greatest(h.next_attempt_at, h.claimed_until)) - now()) * 1000 AS in_ms
    FROM held_message h
    WHERE h.consumer_group = $1 AND h.state = 'retrying'
      AND NOT EXISTS (
        SELECT 1 FROM held_message earlier
        WHERE earlier.consumer_group = h.consumer_group AND earlier.topic = h.topic AND earlier.key_hash = h.key_hash
          AND earlier.subscriber = h.subscriber AND earlier.state IN ('retrying', 'parked', 'dead') AND ($2 OR earlier.state <> 'dead')
          AND earlier.seq < h.seq)`,
};
