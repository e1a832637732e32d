import type { Statement } from '@waybill/database';

/** $1 order ids. */
export const selectByOrder: Statement = {
  name: 'payment_select_by_order',
  text: `
    SELECT id, order_id AS "orderId", status, amount::float8 AS amount, currency, payment_method AS "paymentMethod",
           decline_code AS "declineCode", decline_message AS "declineMessage",
           refunded_amount::float8 AS "refundedAmount"
    FROM payment WHERE order_id = ANY($1::text[])`,
};
