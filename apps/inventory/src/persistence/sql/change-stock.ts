import type { WriteStatement } from '@waybill/database';

/** Adds to the units on hand and reserved; the table's checks refuse what can't be. $1 SKUs, $2 on hand, $3 reserved. */
export const changeStock: WriteStatement = {
  name: 'stock_change',
  tables: ['stock'],
  text: `
    UPDATE stock s SET on_hand = s.on_hand + u.on_hand, reserved = s.reserved + u.reserved
    FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS u (sku, on_hand, reserved)
    WHERE s.sku = u.sku`,
};
