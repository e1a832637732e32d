import type { Statement } from '@waybill/database';

/** $1 order ids. */
export const selectByOrder: Statement = {
  name: 'shipment_select_by_order',
  text: `
    SELECT id, order_id AS "orderId", status, tracking_number AS "trackingNumber", refusal_code AS "refusalCode",
           refusal_message AS "refusalMessage"
    FROM shipment WHERE order_id = ANY($1::text[])`,
};
