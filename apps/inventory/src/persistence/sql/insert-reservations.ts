import type { WriteStatement } from '@waybill/database';

/** $1 ids, $2 order ids, $3 statuses, $4 items, $5 shortages. */
export const insertReservations: WriteStatement = {
  name: 'reservation_insert',
  tables: ['reservation'],
  text: `
    INSERT INTO reservation (id, order_id, status, items, shortages)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::jsonb[])`,
};
