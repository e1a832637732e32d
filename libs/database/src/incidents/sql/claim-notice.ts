import type { Statement } from '../../statement.js';

export interface NoticeRow {
  readonly id: string;
  readonly rule: string;
  readonly subject: string;
  readonly severity: string;
  readonly summary: string;
  readonly value: number;
  readonly peak: number;
  readonly threshold: number;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly firing_sent_at: Date | null;
}

/**
 * $1 lease in milliseconds, $2 age in milliseconds after which nobody is notified any more. First what was never tried, then what was tried
 * longest ago: where nothing gets through, the oldest would be tried again and again, and the others never.
 */
export const claimNotice: Statement = {
  name: 'incident_claim_notice',
  text: `
    UPDATE alert_incident SET claimed_until = clock_timestamp() + $1::float8 * interval '1 ms'
    WHERE id = (
      SELECT id FROM alert_incident
      WHERE resolved_sent_at IS NULL AND (firing_sent_at IS NULL OR ended_at IS NOT NULL)
        AND claimed_until <= clock_timestamp()
        AND coalesce(ended_at, seen_at) > clock_timestamp() - $2::float8 * interval '1 ms'
      ORDER BY claimed_until, started_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, rule, subject, severity, summary, value, peak, threshold, started_at, ended_at, firing_sent_at`,
};
