import type { Statement } from '@waybill/database';

import { nextRevision } from './next-revision.js';

/** Lists the whole catalogue at new revisions, so that it takes the place of whatever readers hold. */
export const relistProducts: Statement = {
  name: 'product_relist',
  text: `
    WITH listed AS (UPDATE product SET revision = ${nextRevision('revision')} RETURNING *)
    SELECT sku, name, price::float8 AS price, currency, revision::float8 AS revision FROM listed ORDER BY sku`,
};
