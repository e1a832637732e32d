import type { Statement } from '@waybill/database';

export const CREATE_PROJECTION: Statement = {
  name: 'projection_create',
  text: `INSERT INTO projection (name, version) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`,
};

/** Begins rebuild $2 of projection $1 in version $3, for $4 because of $5, unless one is running or newer code has built it. */
export const BEGIN_REBUILD: Statement = {
  name: 'projection_begin_rebuild',
  text: `
    UPDATE projection SET rebuild_id = $2::uuid, rebuild_state = 'RUNNING', rebuild_version = $3::int, requested_by = $4, reason = $5,
      requested_at = clock_timestamp(), ended_at = NULL, failure = NULL
    WHERE name = $1 AND rebuild_state IS DISTINCT FROM 'RUNNING' AND version <= $3::int
    RETURNING 1 AS begun`,
};

/** Gives rebuild $2 of projection $1 the new id $3 and version $4, from which it begins once more. No row: it isn't running any more. */
export const RESTART_REBUILD: Statement = {
  name: 'projection_restart_rebuild',
  text: `
    UPDATE projection SET rebuild_id = $3::uuid, rebuild_version = $4::int, failure = NULL
    WHERE name = $1 AND rebuild_id = $2::uuid AND rebuild_state = 'RUNNING'
    RETURNING 1 AS begun`,
};

export const RUNNING_REBUILDS: Statement = {
  name: 'projection_running_rebuilds',
  text: `
    SELECT name, rebuild_id AS id, rebuild_version AS version FROM projection
    WHERE rebuild_state = 'RUNNING' AND name = ANY($1::text[])`,
};

/** Locks rebuild $2 of projection $1. No row: it isn't running any more. */
export const LOCK_REBUILD: Statement = {
  name: 'projection_lock_rebuild',
  text: `SELECT 1 AS locked FROM projection WHERE name = $1 AND rebuild_id = $2::uuid AND rebuild_state = 'RUNNING' FOR UPDATE`,
};

/** Ends rebuild $2 of projection $1 as $3, because of $4. No row: it isn't running any more. */
export const END_REBUILD: Statement = {
  name: 'projection_end_rebuild',
  text: `
    UPDATE projection SET rebuild_state = $3, failure = $4, ended_at = clock_timestamp(),
      version = CASE WHEN $3 = 'DONE' THEN rebuild_version ELSE version END,
      built_at = CASE WHEN $3 = 'DONE' THEN clock_timestamp() ELSE built_at END
    WHERE name = $1 AND rebuild_id = $2::uuid AND rebuild_state = 'RUNNING'
    RETURNING 1 AS ended`,
};

/** Locks subscription $1: its owner can't move it meanwhile. */
export const LOCK_SUBSCRIPTION: Statement = {
  name: 'projection_lock_subscription',
  text: `SELECT position FROM event_subscription WHERE name = $1 FOR UPDATE`,
};

/** Hands subscription $1 over at position $2: whoever owns it has to take it again. */
export const HAND_OVER_SUBSCRIPTION: Statement = {
  name: 'projection_hand_over_subscription',
  text: `
    UPDATE event_subscription SET position = greatest(position, $2::bigint), owner = NULL, epoch = epoch + 1,
      expires_at = '-infinity', failures = 0, failure = NULL, failed_at = NULL
    WHERE name = $1`,
};

export const DELETE_SUBSCRIPTION: Statement = {
  name: 'projection_delete_subscription',
  text: `DELETE FROM event_subscription WHERE name = $1`,
};

export const FIND_POSITION: Statement = {
  name: 'projection_find_position',
  text: `SELECT position FROM event_subscription WHERE name = $1`,
};

/** Where version $2 of stream $1 is in the log. */
export const FIND_EVENT_POSITION: Statement = {
  name: 'projection_find_event_position',
  text: `SELECT position FROM stored_event WHERE stream_id = $1 AND version = $2::int`,
};

export const LIST_PROJECTIONS: Statement = {
  name: 'projection_list',
  text: `
    SELECT p.name, p.version, p.built_at, p.rebuild_id, p.rebuild_state, p.rebuild_version, p.requested_by, p.reason, p.requested_at,
      p.ended_at, coalesce(p.failure, r.failure) AS rebuild_failure, r.position AS rebuild_position,
      s.failures, s.failure, s.failed_at,
      (SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM stored_event_position_seq) AS target
    FROM projection AS p
      LEFT JOIN event_subscription AS s ON s.name = p.name
      LEFT JOIN event_subscription AS r ON r.name = p.name || '/' || p.rebuild_id AND p.rebuild_state = 'RUNNING'
    WHERE p.name = ANY($1::text[])`,
};

/** How many events of streams whose ids begin with one of $2 subscription $1 hasn't handled, up to 10,000, and how old the oldest is. */
export const MEASURE_LAG: Statement = {
  name: 'projection_measure_lag',
  text: `
    SELECT count(*)::int AS events,
      coalesce(greatest(extract(epoch FROM clock_timestamp() - min(recorded_at)), 0), 0)::float8 AS seconds
    FROM (
      SELECT e.recorded_at FROM stored_event AS e
      WHERE e.position > (SELECT position FROM event_subscription WHERE name = $1) AND e.stream_id ^@ ANY($2::text[])
      ORDER BY e.position LIMIT 10000
    ) AS waiting`,
};
