import type { Statement } from '@waybill/database';

export const LOAD_STREAMS: Statement = {
  name: 'event_store_load',
  text: `
    SELECT stream_id, version, type, schema_version, data, personal, erased_at IS NOT NULL AS is_erased
    FROM stored_event
    WHERE stream_id = ANY($1::text[])
    ORDER BY stream_id, version`,
};

/** The same, as they were at position $2 of the log, which must not become a reading of the log up to there. */
export const LOAD_STREAMS_UNTIL: Statement = {
  name: 'event_store_load_until',
  text: `
    SELECT stream_id, version, type, schema_version, data, personal, erased_at IS NOT NULL AS is_erased
    FROM stored_event
    WHERE stream_id = ANY($1::text[]) AND position + 0 <= $2::bigint
    ORDER BY stream_id, version`,
};
