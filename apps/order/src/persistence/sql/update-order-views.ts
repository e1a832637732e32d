import type { WriteStatement } from '@waybill/database';

/** What changes in an order's life; the rest stays as it was placed. */
export const UPDATE_ORDER_VIEWS: WriteStatement = {
  name: 'order_view_update',
  tables: ['order_view'],
  text: `
    UPDATE order_view AS v
    SET status = u.status, updated_at = u.updated_at, failure_step = u.failure_step, failure_code = u.failure_code,
        failure_message = u.failure_message
    FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[])
      AS u (id, status, updated_at, failure_step, failure_code, failure_message)
    WHERE v.id = ANY($1) AND v.id = u.id`,
};
