import type { Statement } from '../../statement.js';

/** $1..$6 one array per column. The second to come finds the open incident and notes that it continues. */
export const reportIncidents: Statement = {
  name: 'incident_report',
  text: `
    INSERT INTO alert_incident AS open (rule, subject, severity, summary, value, peak, threshold)
    SELECT rule, subject, severity, summary, value, value, threshold
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::float8[])
      AS breach (rule, subject, severity, summary, value, threshold)
    ORDER BY rule, subject
    ON CONFLICT (rule, subject) WHERE ended_at IS NULL DO UPDATE
    SET seen_at = clock_timestamp(), value = excluded.value, peak = greatest(open.peak, excluded.value)`,
};
