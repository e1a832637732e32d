import type { Statement } from '@waybill/database';

/**
 * Counts a call per key and cancels the booking unless the script has failures or refusals in store. One that isn't known,
 * or is still open, is voided: it can't happen any more. $1 keys.
 */
export const recordCancellations: Statement = {
  name: 'simulator_record_cancellations',
  text: `
    INSERT INTO booking AS b (idempotency_key, status, items, calls, cancel_calls, cancel_failures, cancel_refusals)
    SELECT key, 'voided', '[]', 0, 1, 0, 0 FROM unnest($1::text[]) AS u (key)
    ON CONFLICT (idempotency_key) DO UPDATE SET
      cancel_calls = b.cancel_calls + 1,
      status = CASE
        WHEN b.status = 'open' THEN 'voided'
        WHEN b.status <> 'booked' OR b.cancel_calls < b.cancel_failures OR b.cancel_refusals = -1
          OR b.cancel_calls < b.cancel_failures + b.cancel_refusals THEN b.status
        ELSE 'cancelled'
      END
    RETURNING idempotency_key AS key, status, cancel_calls <= cancel_failures AS failing`,
};
