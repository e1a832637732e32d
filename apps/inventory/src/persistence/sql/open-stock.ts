import type { Statement } from '@waybill/database';

/** Puts the first units of new SKUs on hand; a stock that exists stays as it is. $1 SKUs, $2 units. */
export const openStock: Statement = {
  name: 'stock_open',
  text: `
    INSERT INTO stock (sku, on_hand) SELECT * FROM unnest($1::text[], $2::bigint[]) ON CONFLICT (sku) DO NOTHING`,
};
