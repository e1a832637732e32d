import type { Statement } from '@waybill/database';

/** The whole catalogue as it is published. */
export const allProducts: Statement = {
  name: 'product_all',
  text: 'SELECT sku, name, price::float8 AS price, currency, revision FROM product ORDER BY sku',
};
