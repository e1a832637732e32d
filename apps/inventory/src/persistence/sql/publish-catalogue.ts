import type { Statement } from '@waybill/database';

import { nextRevision } from './next-revision.js';

/** A new revision of the whole, and how many products it holds. */
export const publishCatalogue: Statement = {
  name: 'catalogue_publish',
  text: `
    UPDATE catalogue SET revision = ${nextRevision('revision')} WHERE id = 'catalogue'
    RETURNING revision::float8 AS revision, (SELECT count(*)::int FROM product) AS products`,
};
