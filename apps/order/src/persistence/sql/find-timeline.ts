import type { Statement } from '@waybill/database';

/** As recorded: rows with several entries, and from older releases rows that are one. */
export const FIND_TIMELINE: Statement = {
  name: 'timeline_find',
  text: `
    SELECT entries, at, service, kind, type, message_id, causation_id, detail
    FROM timeline_entry WHERE order_id = $1::uuid ORDER BY seq`,
};
