import type { WriteStatement } from '@waybill/database';

/**
 * Writes what was settled of locked payments. $1 ids, $2 statuses, $3 charge ids, $4 decline codes, $5 decline messages, $6 refunded
 * amounts, $7 refund refusal codes, $8 refund refusal messages, $9 amounts, $10 currencies; a null charge id or decline keeps what is
 * there.
 */
export const updateSettled: WriteStatement = {
  name: 'payment_update_settled',
  tables: ['payment'],
  text: `
    UPDATE payment p SET
      status = u.status,
      charge_id = coalesce(u.charge_id, p.charge_id),
      decline_code = coalesce(u.decline_code, p.decline_code),
      decline_message = coalesce(u.decline_message, p.decline_message),
      amount = greatest(u.amount, u.refunded_amount), -- of a payment that a restore had forgotten
      currency = u.currency,
      refunded_amount = u.refunded_amount,
      refund_refusal_code = u.refund_refusal_code,
      refund_refusal_message = u.refund_refusal_message,
      updated_at = now()
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
                $9::bigint[], $10::text[])
      AS u (id, status, charge_id, decline_code, decline_message, refunded_amount, refund_refusal_code,
            refund_refusal_message, amount, currency)
    WHERE p.id = ANY($1) AND p.id = u.id`,
};
