import type { Statement } from '@waybill/database';

export const FIND_PRICES: Statement = {
  name: 'catalogue_prices',
  text: 'SELECT sku, amount, currency FROM catalogue_product WHERE sku = ANY($1::text[])',
};
