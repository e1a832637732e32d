import type { Statement } from '@waybill/database';

/** One at a time changes the catalogue. */
export const lockCatalogue: Statement = {
  name: 'catalogue_lock',
  text: `SELECT revision FROM catalogue WHERE id = 'catalogue' FOR UPDATE`,
};
