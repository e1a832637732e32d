import type { Statement } from '@waybill/database';

/** How long ago the catalogue was published last, in milliseconds: its revision is the time of that. */
export const catalogueAge: Statement = {
  name: 'catalogue_age',
  text: `
    SELECT (extract(epoch FROM clock_timestamp()) * 1000 - revision)::float8 AS "ageMs" FROM catalogue WHERE id = 'catalogue'`,
};
