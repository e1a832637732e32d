import type { Statement } from '@waybill/database';

/** One row an order, as it is after the events of a batch; applied again it changes nothing. */
export const UPSERT_CUSTOMER_ORDERS: Statement = {
  name: 'customer_order_upsert',
  text: `
    INSERT INTO customer_order (order_id, customer_id, status, units, total_amount, total_currency, placed_at, updated_at, failure_code)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::timestamptz[],
      $8::timestamptz[], $9::text[])
    ON CONFLICT (order_id) DO UPDATE
    SET customer_id = excluded.customer_id, status = excluded.status, units = excluded.units,
      total_amount = excluded.total_amount, total_currency = excluded.total_currency, placed_at = excluded.placed_at,
      updated_at = excluded.updated_at, failure_code = excluded.failure_code`,
};

const COLUMNS =
  'order_id, status, units, total_amount, total_currency, placed_at, updated_at, failure_code FROM customer_order';

/** At most $5 orders of customer $1 placed from $2 on and before ($3, $4), newest first. */
export const LIST_CUSTOMER_ORDERS: Statement = {
  name: 'customer_order_list',
  text: `
    SELECT ${COLUMNS}
    WHERE customer_id = $1 AND placed_at >= $2::timestamptz AND (placed_at, order_id) < ($3::timestamptz, $4::uuid)
    ORDER BY placed_at DESC, order_id DESC LIMIT $5::int`,
};

/** The same, of those with status $6. */
export const LIST_CUSTOMER_ORDERS_BY_STATUS: Statement = {
  name: 'customer_order_list_by_status',
  text: `
    SELECT ${COLUMNS}
    WHERE customer_id = $1 AND status = $6 AND placed_at >= $2::timestamptz
      AND (placed_at, order_id) < ($3::timestamptz, $4::uuid)
    ORDER BY placed_at DESC, order_id DESC LIMIT $5::int`,
};
