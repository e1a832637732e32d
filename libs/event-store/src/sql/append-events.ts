import type { WriteStatement } from '@waybill/database';

/** Two numbers of an advisory lock, which every appender shares until the end of its transaction. */
export const APPENDING = [0x77617962, 0x65766e74] as const;

/**
 * One statement for any number of streams. A version that exists breaks the primary key; a stream that is shorter than
 * expected breaks the check on `version`. Either way PostgreSQL itself refuses the whole transaction, also where the
 * statement travels together with COMMIT. `base_version`: the stream's length before this statement.
 *
 * The shared lock is taken before the first position is drawn, and keeps nobody waiting: readers see by it who may still commit events at
 * positions that they have passed (`event-horizon.ts`).
 */
export const APPEND_EVENTS: WriteStatement = {
  name: 'event_store_append',
  tables: ['stored_event'],
  text: `
    WITH appending AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(${APPENDING.join(', ')}))
    INSERT INTO stored_event (stream_id, version, type, schema_version, data, metadata, personal)
    SELECT e.stream_id,
           CASE
             WHEN e.base_version = 0 THEN e.version
             WHEN EXISTS (SELECT 1 FROM stored_event p WHERE p.stream_id = e.stream_id AND p.version = e.base_version
                         OFFSET 0) -- a look-up a row: not one reading of them all
               THEN e.version
             ELSE 0
           END,
           e.type, e.schema_version, e.data::json, e.metadata::json, e.personal::json
    FROM appending, unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[])
      AS e (stream_id, version, base_version, type, schema_version, data, metadata, personal)`,
};
