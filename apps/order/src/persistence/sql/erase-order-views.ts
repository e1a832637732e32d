import type { Statement } from '@waybill/database';

/** Puts $2 in place of what orders $1 say of their customer. */
export const ERASE_ORDER_VIEWS: Statement = {
  name: 'order_view_erase',
  text: `
    UPDATE order_view SET customer_id = $2, failure_message = CASE WHEN failure_message IS NOT NULL THEN $2 END
    WHERE id = ANY ($1::uuid[])`,
};
