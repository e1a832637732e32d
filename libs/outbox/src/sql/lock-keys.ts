import type { WriteStatement } from '@waybill/database';

/** First halves of the two-part advisory locks, so that nobody else's locks meet ours. */
export const TOPIC_LOCK = 1_870_001;
export const KEY_LOCK = 1_870_002;

/**
 * Takes the locks in the order given; two flushes give theirs in the same order, so they can't deadlock. A statement of its
 * own: under READ COMMITTED the INSERT that follows must get its snapshot after the wait.
 */
export const lockKeys: WriteStatement = {
  name: 'outbox_lock_keys',
  tables: [],
  text: `
    SELECT count(CASE WHEN shared THEN pg_advisory_xact_lock_shared(class, hash)::text
                      ELSE pg_advisory_xact_lock(class, hash)::text END)
    FROM unnest($1::int[], $2::int[], $3::bool[]) AS wanted (class, hash, shared)`,
};
