import type { Statement } from '@waybill/database';

/** Everything that was recorded about orders $1, locked. */
export const SELECT_ENTRIES: Statement = {
  name: 'timeline_select_entries',
  text: `
    SELECT order_id, seq, entries, kind, message_id FROM timeline_entry
    WHERE order_id = ANY ($1::uuid[]) ORDER BY order_id, seq FOR UPDATE`,
};

/** Entries $3 in place of those at $2 of orders $1; rows of older releases have none, and a detail. */
export const SAVE_ERASED_ENTRIES: Statement = {
  name: 'timeline_save_erased',
  text: `
    UPDATE timeline_entry t SET entries = e.entries, detail = NULL
    FROM unnest($1::uuid[], $2::bigint[], $3::json[]) AS e (order_id, seq, entries)
    WHERE t.order_id = e.order_id AND t.seq = e.seq`,
};
