import type { Statement } from '@waybill/database';

/** A new revision of the whole, and how many products it holds. */
export const publishCatalogue: Statement = {
  name: 'catalogue_publish',
  text: `
    UPDATE catalogue SET revision = revision + 1 WHERE id = 'catalogue'
    RETURNING revision, (SELECT count(*)::int FROM product) AS products`,
};
