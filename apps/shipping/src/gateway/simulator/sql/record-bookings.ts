import type { Statement } from '@waybill/database';

/**
 * Counts a call per key and settles the booking unless the script has more failures in store. A settled booking never
 * changes. $1 keys, $2 items, $3 outcomes, $4 failures before the outcome, $5 cancel failures, $6 cancel refusals,
 * $7 references.
 */
export const recordBookings: Statement = {
  name: 'simulator_record_bookings',
  text: `
    INSERT INTO booking AS b (idempotency_key, status, items, calls, cancel_calls, cancel_failures, cancel_refusals, reference)
    SELECT key, CASE WHEN failures > 0 THEN 'open' ELSE outcome END, items, 1, 0, cancel_failures, cancel_refusals,
           reference
    FROM unnest($1::text[], $2::jsonb[], $3::text[], $4::int[], $5::int[], $6::int[], $7::text[])
      AS u (key, items, outcome, failures, cancel_failures, cancel_refusals, reference)
    ON CONFLICT (idempotency_key) DO UPDATE SET
      calls = b.calls + 1,
      status = CASE
        WHEN b.status <> 'open' THEN b.status
        WHEN b.calls >= (SELECT failures FROM unnest($1::text[], $4::int[]) AS f (key, failures)
                         WHERE f.key = b.idempotency_key)
          THEN (SELECT outcome FROM unnest($1::text[], $3::text[]) AS o (key, outcome) WHERE o.key = b.idempotency_key)
        ELSE 'open'
      END
    RETURNING idempotency_key AS key, status, calls`,
};
