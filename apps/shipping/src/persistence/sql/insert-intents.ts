import type { Statement } from '@waybill/database';

/**
 * Makes intents durable. An order has one shipment: where there is one (also one that a rival transaction is about to
 * commit: this waits for it), nothing is inserted. In key order, so that rivals can't deadlock.
 * Whichever unique index a rival is met in: one that isn't named in ON CONFLICT would make the statement fail.
 * $1 ids, $2 order ids, $3 statuses.
 */
export const insertIntents: Statement = {
  name: 'shipment_insert_intents',
  text: `
    INSERT INTO shipment (id, order_id, status)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]) AS u (id, order_id, status)
    ORDER BY order_id
    ON CONFLICT DO NOTHING`,
};
