import type { Statement } from '@waybill/database';

/**
 * Makes intents durable. An order has one payment: where there is one (also one that a rival transaction is about to
 * commit: this waits for it), nothing is inserted. In key order, so that rivals can't deadlock.
 * Whichever unique index a rival is met in: one that isn't named in ON CONFLICT would make the statement fail.
 * $1 ids, $2 order ids, $3 statuses, $4 amounts, $5 currencies, $6 payment methods.
 */
export const insertIntents: Statement = {
  name: 'payment_insert_intents',
  text: `
    INSERT INTO payment (id, order_id, status, amount, currency, payment_method)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[])
      AS u (id, order_id, status, amount, currency, payment_method)
    ORDER BY order_id
    ON CONFLICT DO NOTHING`,
};
