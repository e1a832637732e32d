import type { Statement } from '@waybill/database';

/** One row for each order of the transaction: $1 orders, $2 the entries of each. */
export const INSERT_TIMELINE_ENTRIES: Statement = {
  name: 'timeline_insert',
  text: `INSERT INTO timeline_entry (order_id, entries) SELECT * FROM unnest($1::uuid[], $2::json[])`,
};
