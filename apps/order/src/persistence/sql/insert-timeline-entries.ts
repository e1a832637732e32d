import type { Statement } from '@waybill/database';

/** `seq` is drawn in the order of the arrays. */
export const INSERT_TIMELINE_ENTRIES: Statement = {
  name: 'timeline_insert',
  text: `
    INSERT INTO timeline_entry (order_id, at, service, kind, type, message_id, causation_id, detail)
    SELECT order_id, at, service, kind, type, message_id, causation_id, detail
    FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::json[])
      WITH ORDINALITY AS e (order_id, at, service, kind, type, message_id, causation_id, detail, position)
    ORDER BY position`,
};
