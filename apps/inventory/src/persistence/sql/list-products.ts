import type { Statement } from '@waybill/database';

import { nextRevision } from './next-revision.js';

/** Lists products that are new, or whose name or price changed. $1 SKUs, $2 names, $3 prices, $4 currencies. */
export const listProducts: Statement = {
  name: 'product_list',
  text: `
    INSERT INTO product AS p (sku, name, price, currency, revision)
    SELECT sku, name, price, currency, ${nextRevision('0')}
    FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) AS u (sku, name, price, currency)
    ON CONFLICT (sku) DO UPDATE
      SET name = EXCLUDED.name, price = EXCLUDED.price, currency = EXCLUDED.currency,
          revision = ${nextRevision('p.revision')}
      WHERE (p.name, p.price, p.currency) IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.price, EXCLUDED.currency)
    RETURNING sku, name, price::float8 AS price, currency, revision::float8 AS revision`,
};
