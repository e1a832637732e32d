import type { Statement } from '@waybill/database';

/** $1 order ids. */
export const selectReservations: Statement = {
  name: 'reservation_select',
  text: `
    SELECT id, order_id AS "orderId", status, items, shortages FROM reservation WHERE order_id = ANY($1::text[])`,
};
