import type { Statement } from '@waybill/database';

/** The stock of SKUs $1, and of what is in the reservations of orders $2. */
export const selectStockOf: Statement = {
  name: 'stock_select_of_orders',
  text: `
    SELECT sku, on_hand::float8 AS "onHand", reserved::float8 AS reserved FROM stock
    WHERE sku = ANY(ARRAY(
      SELECT unnest($1::text[])
      UNION
      SELECT item ->> 'sku' FROM reservation, jsonb_array_elements(items) AS item WHERE order_id = ANY($2::text[])
    ))`,
};
