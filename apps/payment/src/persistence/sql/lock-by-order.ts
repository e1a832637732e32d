import type { ReadStatement } from '@waybill/database';

/** The payments of orders ($1), locked in key order, so that rivals can't deadlock. */
export const lockByOrder: ReadStatement = {
  name: 'payment_lock_by_order',
  returns: 'rows',
  tables: ['payment'],
  text: `
    SELECT id, order_id AS "orderId", status, amount::float8 AS amount, currency, payment_method AS "paymentMethod",
           decline_code AS "declineCode", decline_message AS "declineMessage",
           refunded_amount::float8 AS "refundedAmount"
    FROM payment WHERE order_id = ANY($1::text[]) ORDER BY order_id FOR UPDATE`,
};
