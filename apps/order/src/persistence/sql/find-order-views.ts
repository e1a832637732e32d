import type { Statement } from '@waybill/database';

export const FIND_ORDER_VIEWS: Statement = {
  name: 'order_view_find',
  text: `
    SELECT id, status, customer_id, items, total_amount, total_currency, placed_at, updated_at,
      failure_step, failure_code, failure_message
    FROM order_view WHERE id = ANY($1::uuid[])`,
};
