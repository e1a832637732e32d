import type { WriteStatement } from '@waybill/database';

export const INSERT_ORDER_VIEWS: WriteStatement = {
  name: 'order_view_insert',
  tables: ['order_view'],
  text: `
    INSERT INTO order_view (id, status, customer_id, items, total_amount, total_currency, placed_at, updated_at,
      failure_step, failure_code, failure_message)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::json[], $5::bigint[], $6::text[], $7::timestamptz[],
      $8::timestamptz[], $9::text[], $10::text[], $11::text[])`,
};
