import type { Statement } from '@waybill/database';

/** $1 SKUs. */
export const selectStock: Statement = {
  name: 'stock_select',
  text: `
    SELECT sku, on_hand::float8 AS "onHand", reserved::float8 AS reserved FROM stock WHERE sku = ANY($1::text[])`,
};
