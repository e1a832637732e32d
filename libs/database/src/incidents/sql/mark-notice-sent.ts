import type { Statement } from '../../statement.js';

/** $1 incident, $2 'firing' or 'resolved'. */
export const markNoticeSent: Statement = {
  name: 'incident_mark_sent',
  text: `
    UPDATE alert_incident SET
      firing_sent_at = CASE WHEN $2::text = 'firing' THEN clock_timestamp() ELSE firing_sent_at END,
      resolved_sent_at = CASE WHEN $2::text = 'resolved' THEN clock_timestamp() ELSE resolved_sent_at END,
      claimed_until = '-infinity'
    WHERE id = $1`,
};
