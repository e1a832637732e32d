import type { Statement } from '@waybill/database';

/** For a rebuild, which sees an order as it is after each batch of its events. */
export const UPSERT_ORDER_VIEWS: Statement = {
  name: 'order_view_upsert',
  text: `
    INSERT INTO order_view (id, status, customer_id, items, total_amount, total_currency, placed_at, updated_at,
      failure_step, failure_code, failure_message)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::json[], $5::bigint[], $6::text[], $7::timestamptz[],
      $8::timestamptz[], $9::text[], $10::text[], $11::text[])
    ON CONFLICT (id) DO UPDATE
    SET status = excluded.status, customer_id = excluded.customer_id, items = excluded.items,
      total_amount = excluded.total_amount, total_currency = excluded.total_currency, placed_at = excluded.placed_at,
      updated_at = excluded.updated_at, failure_step = excluded.failure_step, failure_code = excluded.failure_code,
      failure_message = excluded.failure_message`,
};
