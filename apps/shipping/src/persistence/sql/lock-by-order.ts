import type { ReadStatement } from '@waybill/database';

/** The shipments of orders ($1), locked in key order, so that rivals can't deadlock. */
export const lockByOrder: ReadStatement = {
  name: 'shipment_lock_by_order',
  returns: 'rows',
  tables: ['shipment'],
  text: `
    SELECT id, order_id AS "orderId", status, tracking_number AS "trackingNumber", refusal_code AS "refusalCode",
           refusal_message AS "refusalMessage"
    FROM shipment WHERE order_id = ANY($1::text[]) ORDER BY order_id FOR UPDATE`,
};
