import type { Statement } from '@waybill/database';

/** Puts $2 in place of what the payments of orders $1 say of the customer: the method, and the provider's words. */
export const erasePayments: Statement = {
  name: 'payment_erase',
  text: `
    UPDATE payment SET payment_method = $2,
      decline_message = CASE WHEN decline_message IS NOT NULL THEN $2 END,
      refund_refusal_message = CASE WHEN refund_refusal_message IS NOT NULL THEN $2 END
    WHERE order_id = ANY ($1::text[])`,
};
