import type { Statement } from '@waybill/database';

export const PUBLISH_CATALOGUE: Statement = {
  name: 'catalogue_publish',
  text: `
    INSERT INTO catalogue_publication AS p (products, revision) VALUES ($1, $2)
    ON CONFLICT (singleton) DO UPDATE SET products = excluded.products, revision = excluded.revision
      WHERE p.revision <= excluded.revision`,
};
