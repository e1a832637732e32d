import type { WriteStatement } from '@waybill/database';

/** One row for each order of the transaction: $1 orders, $2 the entries of each. */
export const INSERT_TIMELINE_ENTRIES: WriteStatement = {
  name: 'timeline_insert',
  tables: ['timeline_entry'],
  text: `INSERT INTO timeline_entry (order_id, entries) SELECT * FROM unnest($1::uuid[], $2::json[])`,
};
