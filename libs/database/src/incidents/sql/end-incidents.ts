import type { Statement } from '../../statement.js';

/** $1 rules, $2 milliseconds without a report, $3 how long ended incidents are kept, in milliseconds. */
export const endIncidents: Statement = {
  name: 'incident_end',
  text: `
    WITH swept AS (
      DELETE FROM alert_incident WHERE ended_at < clock_timestamp() - $3::float8 * interval '1 ms')
    UPDATE alert_incident SET ended_at = clock_timestamp()
    WHERE ended_at IS NULL AND rule = ANY ($1::text[]) AND seen_at <= clock_timestamp() - $2::float8 * interval '1 ms'`,
};
