import type { ReadStatement } from '@waybill/database';

import type { Reservation } from '../../domain/reservation.js';
import type { StockLevel } from '../../domain/stock-book.js';

/** Either the one or the other; what it isn't is null. */
export type OpenedRow = (StockLevel & Nulls<Reservation>) | (Nulls<StockLevel> & Reservation);

type Nulls<Of> = { readonly [Name in keyof Of]: null };

/**
 * The stock of SKUs $1 and of what is in the reservations of orders $2, locked until the end of the transaction; and these reservations.
 * All that a batch touches is locked by one statement, in one order, so that batches of several replicas never wait for each
 * other in a circle. What is read of the stock is what the transaction before has committed, not what the statement's snapshot saw.
 */
export const openOrders: ReadStatement = {
  name: 'stock_lock_of_orders',
  returns: 'rows',
  tables: ['reservation', 'stock'],
  text: `
    WITH of_orders AS MATERIALIZED (
      SELECT id, order_id, status, items, shortages FROM reservation WHERE order_id = ANY($2::text[])
    ), locked AS MATERIALIZED (
      SELECT sku, on_hand, reserved FROM stock
      WHERE sku = ANY(ARRAY(
        SELECT unnest($1::text[])
        UNION
        SELECT item ->> 'sku' FROM of_orders, jsonb_array_elements(items) AS item
      ))
      ORDER BY sku FOR NO KEY UPDATE
    )
    SELECT sku, on_hand::float8 AS "onHand", reserved::float8 AS reserved,
           NULL::uuid AS id, NULL AS "orderId", NULL AS status, NULL::jsonb AS items, NULL::jsonb AS shortages
    FROM locked
    UNION ALL
    SELECT NULL, NULL, NULL, id, order_id, status, items, shortages FROM of_orders`,
};
