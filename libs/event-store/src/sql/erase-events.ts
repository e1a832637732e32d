import type { Statement } from '@waybill/database';

/** Events of streams $1 and types $2 that a release before wrote, with their personal fields among their data; locked. */
export const LEGACY_EVENTS: Statement = {
  name: 'event_store_legacy',
  text: `
    SELECT stream_id, version, type, data FROM stored_event
    WHERE stream_id = ANY($1::text[]) AND type = ANY($2::text[]) AND personal IS NULL AND erased_at IS NULL
    ORDER BY stream_id, version FOR UPDATE`,
};

/** Leaves $3 of the data of versions $2 of streams $1. */
export const STRIP_EVENTS: Statement = {
  name: 'event_store_strip',
  text: `
    UPDATE stored_event e SET data = s.data::json
    FROM unnest($1::text[], $2::int[], $3::text[]) AS s (stream_id, version, data)
    WHERE e.stream_id = s.stream_id AND e.version = s.version`,
};

/** Forgets what events of streams $1 and types $2 say of people. */
export const ERASE_EVENTS: Statement = {
  name: 'event_store_erase',
  text: `
    UPDATE stored_event SET personal = NULL, erased_at = now()
    WHERE stream_id = ANY($1::text[]) AND type = ANY($2::text[]) AND erased_at IS NULL`,
};
