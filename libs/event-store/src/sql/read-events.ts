import type { Statement } from '@waybill/database';

/** Events after position $1 up to position $2 of streams whose ids begin with one of $3, at most $4. */
export const READ_EVENTS: Statement = {
  name: 'event_store_read_all',
  text: `
    SELECT position, stream_id, version, type, schema_version, data, personal, erased_at IS NOT NULL AS is_erased, metadata,
      recorded_at
    FROM stored_event
    WHERE position > $1::bigint AND position <= $2::bigint AND stream_id ^@ ANY($3::text[])
    ORDER BY position LIMIT $4::int`,
};
