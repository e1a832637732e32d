import type { Statement } from '@waybill/database';

/**
 * Puts $2 in place of what the shipments of orders $1 say of the customer: the carrier's words, and the number that leads to the address at the
 * carrier.
 */
export const eraseShipments: Statement = {
  name: 'shipment_erase',
  text: `
    UPDATE shipment SET
      tracking_number = CASE WHEN tracking_number IS NOT NULL THEN $2 END,
      refusal_message = CASE WHEN refusal_message IS NOT NULL THEN $2 END,
      cancel_refusal_message = CASE WHEN cancel_refusal_message IS NOT NULL THEN $2 END
    WHERE order_id = ANY ($1::text[])`,
};
