import type { Statement } from '@waybill/database';

/**
 * Counts a call per key and settles the charge unless the script has more failures in store. A settled charge never
 * changes. $1 keys, $2 methods, $3 amounts, $4 currencies, $5 outcomes, $6 decline codes, $7 decline messages, $8 failures
 * before the outcome, $9 refund failures, $10 refund refusals, $11 references.
 */
export const recordCharges: Statement = {
  name: 'simulator_record_charges',
  text: `
    INSERT INTO charge AS c (idempotency_key, payment_method, amount, currency, status, decline_code, decline_message,
                             calls, refund_failures, refund_refusals, reference)
    SELECT key, method, amount, currency, CASE WHEN failures > 0 THEN 'open' ELSE outcome END, decline_code,
           decline_message, 1, refund_failures, refund_refusals, reference
    FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[],
                $9::int[], $10::int[], $11::text[])
      AS u (key, method, amount, currency, outcome, decline_code, decline_message, failures, refund_failures,
            refund_refusals, reference)
    ON CONFLICT (idempotency_key) DO UPDATE SET
      calls = c.calls + 1,
      status = CASE
        WHEN c.status <> 'open' THEN c.status
        WHEN c.calls >= (SELECT failures FROM unnest($1::text[], $8::int[]) AS f (key, failures)
                         WHERE f.key = c.idempotency_key)
          THEN (SELECT outcome FROM unnest($1::text[], $5::text[]) AS o (key, outcome) WHERE o.key = c.idempotency_key)
        ELSE 'open'
      END
    RETURNING idempotency_key AS key, status, calls, decline_code AS "declineCode", decline_message AS "declineMessage"`,
};
