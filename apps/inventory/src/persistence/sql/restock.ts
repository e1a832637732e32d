import type { Statement } from '@waybill/database';

/** No row: the SKU isn't known, or it would be more than can be counted. $1 SKU, $2 quantity. */
export const restock: Statement = {
  name: 'stock_restock',
  text: `
    UPDATE stock SET on_hand = on_hand + $2::bigint WHERE sku = $1 AND on_hand <= 9000000000000000 - $2::bigint
    RETURNING sku, on_hand::float8 AS "onHand", reserved::float8 AS reserved`,
};
