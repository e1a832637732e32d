import type { Statement } from '@waybill/database';

/**
 * Settles the refund of each charge. A charge that isn't known, or is still open, is voided: it can't happen any more.
 * Only a charge that has money gets a refund row; each call to it counts. $1 keys.
 */
export const recordRefunds: Statement = {
  name: 'simulator_record_refunds',
  text: `
    WITH settled AS (
      INSERT INTO charge AS c (idempotency_key, payment_method, amount, currency, status, calls, refund_failures,
                               refund_refusals)
      SELECT key, '', 0, 'EUR', 'voided', 0, 0, 0 FROM unnest($1::text[]) AS u (key)
      ON CONFLICT (idempotency_key) DO UPDATE SET
        status = CASE WHEN c.status = 'open' THEN 'voided' ELSE c.status END
      RETURNING idempotency_key, amount, currency, status, refund_failures, refund_refusals
    ), asked AS (
      INSERT INTO refund AS r (charge_key, amount, currency, status, calls)
      SELECT idempotency_key, amount, currency,
             CASE WHEN refund_failures > 0 THEN 'open' WHEN refund_refusals <> 0 THEN 'refused' ELSE 'refunded' END, 1
      FROM settled WHERE status = 'charged'
      ON CONFLICT (charge_key) DO UPDATE SET
        calls = r.calls + 1,
        status = CASE
          WHEN r.status = 'refunded' THEN r.status
          WHEN r.calls < (SELECT refund_failures FROM charge WHERE idempotency_key = r.charge_key) THEN 'open'
          WHEN (SELECT refund_refusals = -1 OR r.calls < refund_failures + refund_refusals
                FROM charge WHERE idempotency_key = r.charge_key) THEN 'refused'
          ELSE 'refunded'
        END
      RETURNING charge_key, amount, status
    )
    SELECT s.idempotency_key AS key, a.status, a.amount::float8 AS amount
    FROM settled s LEFT JOIN asked a ON a.charge_key = s.idempotency_key`,
};
