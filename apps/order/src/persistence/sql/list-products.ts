import type { Statement } from '@waybill/database';

/** The highest revision of a SKU is the truth, in whatever order they arrive; a SKU occurs once in the arrays. */
export const LIST_PRODUCTS: Statement = {
  name: 'catalogue_list_products',
  text: `
    INSERT INTO catalogue_product AS p (sku, name, amount, currency, revision)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[])
    ON CONFLICT (sku) DO UPDATE
      SET name = excluded.name, amount = excluded.amount, currency = excluded.currency, revision = excluded.revision
      WHERE p.revision < excluded.revision`,
};
