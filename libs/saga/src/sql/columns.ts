/** Of `s`: which deadline of which saga it is. */
export const DUE = `concat_ws(' ', s.saga, s.id, extract(epoch FROM s.deadline_at))`;

/** Instants as milliseconds: the driver would make Date objects in its own time zone of text otherwise. */
export const SAGA_COLUMNS = `id, saga, version, status, step, steps, data, failure, revision, correlation_id, traceparent,
  (extract(epoch FROM deadline_at) * 1000)::float8 AS deadline_at,
  (extract(epoch FROM created_at) * 1000)::float8 AS created_at,
  (extract(epoch FROM updated_at) * 1000)::float8 AS updated_at`;
