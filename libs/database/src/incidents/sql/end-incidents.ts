import type { Statement } from '../../statement.js';

/**
 * $1 rules, $2 milliseconds without a report, $3 how long ended incidents are kept, in milliseconds; $4 rule, $5 subject, $6 severity and
 * $7 summary of what is recorded where nobody had come here for $2. The row of `incident_watch` lets one replica at a time look, so one
 * of them finds the gap.
 */
export const endIncidents: Statement = {
  name: 'incident_end',
  text: `
    WITH swept AS (
      DELETE FROM alert_incident WHERE ended_at < clock_timestamp() - $3::float8 * interval '1 ms'),
    watch AS (
      UPDATE incident_watch SET before = watched_at, watched_at = clock_timestamp() RETURNING before, watched_at),
    gap AS (
      INSERT INTO alert_incident (rule, subject, severity, summary, value, peak, threshold,
        started_at, seen_at, ended_at, firing_sent_at, resolved_sent_at)
      SELECT $4::text, $5::text, $6::text, $7::text, seconds, seconds, $2::float8 / 1000, before, watched_at, watched_at, watched_at, watched_at
      FROM watch CROSS JOIN LATERAL (SELECT extract(epoch FROM watched_at - before)::float8 AS seconds) AS lasted
      WHERE before < watched_at - $2::float8 * interval '1 ms')
    UPDATE alert_incident SET ended_at = clock_timestamp()
    WHERE ended_at IS NULL AND rule = ANY ($1::text[]) AND seen_at <= clock_timestamp() - $2::float8 * interval '1 ms'`,
};
