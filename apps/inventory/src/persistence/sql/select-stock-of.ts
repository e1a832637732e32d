import type { Statement } from '@waybill/database';

/**
 * The stock of SKUs $1, and of what is in the reservations of orders $2, locked until the end of the transaction. All that a batch touches is
 * locked by one statement, in one order, so that batches of several replicas never wait for each other in a circle. What is read is
 * what the transaction before has committed, not what the statement's snapshot saw.
 */
export const selectStockOf: Statement = {
  name: 'stock_lock_of_orders',
  text: `
    SELECT sku, on_hand::float8 AS "onHand", reserved::float8 AS reserved FROM stock
    WHERE sku = ANY(ARRAY(
      SELECT unnest($1::text[])
      UNION
      SELECT item ->> 'sku' FROM reservation, jsonb_array_elements(items) AS item WHERE order_id = ANY($2::text[])
    ))
    ORDER BY sku FOR NO KEY UPDATE`,
};
