import type { WriteStatement } from '@waybill/database';

/**
 * Writes what was settled of locked shipments. $1 ids, $2 statuses, $3 tracking numbers, $4 refusal codes, $5 refusal messages,
 * $6 cancel refusal codes, $7 cancel refusal messages; a null tracking number or refusal keeps what is there.
 */
export const updateSettled: WriteStatement = {
  name: 'shipment_update_settled',
  tables: ['shipment'],
  text: `
    UPDATE shipment s SET
      status = u.status,
      tracking_number = coalesce(u.tracking_number, s.tracking_number),
      refusal_code = coalesce(u.refusal_code, s.refusal_code),
      refusal_message = coalesce(u.refusal_message, s.refusal_message),
      cancel_refusal_code = u.cancel_refusal_code,
      cancel_refusal_message = u.cancel_refusal_message,
      updated_at = now()
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
      AS u (id, status, tracking_number, refusal_code, refusal_message, cancel_refusal_code,
            cancel_refusal_message)
    WHERE s.id = ANY($1) AND s.id = u.id`,
};
