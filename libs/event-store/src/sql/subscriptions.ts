import type { Statement } from '@waybill/database';

export const CREATE_SUBSCRIPTION: Statement = {
  name: 'event_subscription_create',
  text: `INSERT INTO event_subscription (name) VALUES ($1) ON CONFLICT (name) DO NOTHING`,
};

/**
 * Makes $2 the owner of subscription $1 for $3 milliseconds, where it is already or nobody is. No row: somebody else is, or the tables of
 * the projection $1 were built by newer code than version $4.
 */
export const TAKE_SUBSCRIPTION: Statement = {
  name: 'event_subscription_take',
  text: `
    UPDATE event_subscription SET owner = $2::uuid, expires_at = clock_timestamp() + $3::int * interval '1 ms',
      epoch = epoch + CASE WHEN owner IS NOT DISTINCT FROM $2::uuid THEN 0 ELSE 1 END
    WHERE name = $1 AND (owner IS NOT DISTINCT FROM $2::uuid OR expires_at <= clock_timestamp())
      AND NOT EXISTS (SELECT 1 FROM projection AS p WHERE p.name = $1 AND p.version > $4::int)
    RETURNING position, epoch`,
};

/** Moves subscription $1 to position $2, where it is still at position $3 under epoch $4. No row: it has another owner. */
export const MOVE_SUBSCRIPTION: Statement = {
  name: 'event_subscription_move',
  text: `
    UPDATE event_subscription SET position = $2::bigint, failures = 0, failure = NULL, failed_at = NULL
    WHERE name = $1 AND position = $3::bigint AND epoch = $4::bigint
    RETURNING 1 AS moved`,
};

/** Gives subscription $1 up, where $2 owns it: the next one needn't wait for the end of the lease. */
export const LEAVE_SUBSCRIPTION: Statement = {
  name: 'event_subscription_leave',
  text: `UPDATE event_subscription SET expires_at = '-infinity' WHERE name = $1 AND owner = $2::uuid`,
};

/** Notes why subscription $1 of owner $2 stands still. */
export const NOTE_FAILURE: Statement = {
  name: 'event_subscription_note_failure',
  text: `
    UPDATE event_subscription SET failures = failures + 1, failure = $3, failed_at = clock_timestamp()
    WHERE name = $1 AND owner = $2::uuid`,
};
