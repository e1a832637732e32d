import type { Statement } from '@waybill/database';

/** `expected` is null until the catalogue was announced. */
export const CATALOGUE_PROGRESS: Statement = {
  name: 'catalogue_progress',
  text: `
    SELECT (SELECT count(*) FROM catalogue_product)::int AS listed,
           (SELECT products FROM catalogue_publication) AS expected`,
};
