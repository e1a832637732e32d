import type { Statement } from '../../statement.js';

export interface IncidentRow {
  readonly id: string;
  readonly rule: string;
  readonly subject: string;
  readonly severity: string;
  readonly summary: string;
  readonly value: number;
  readonly peak: number;
  readonly threshold: number;
  readonly started_at: Date;
  readonly seen_at: Date;
  readonly ended_at: Date | null;
  readonly unseen_ms: number;
}

/** $1 'open', 'ended' or null, $2 severity or null, $3 open then or later, or null, $4 began before this incident, or null, $5 how many. */
export const listIncidents: Statement = {
  name: '', // planned for its values
  text: `
    SELECT id, rule, subject, severity, summary, value, peak, threshold, started_at, seen_at, ended_at,
      (extract(epoch FROM coalesce(ended_at, clock_timestamp()) - seen_at) * 1000)::float8 AS unseen_ms
    FROM alert_incident
    WHERE ($1::text IS NULL OR ($1 = 'open') = (ended_at IS NULL))
      AND ($2::text IS NULL OR severity = $2)
      AND ($3::timestamptz IS NULL OR ended_at IS NULL OR ended_at >= $3)
      AND ($4::uuid IS NULL OR (started_at, id) < (SELECT started_at, id FROM alert_incident WHERE id = $4))
    ORDER BY started_at DESC, id DESC LIMIT $5`,
};

export interface OpenIncidentsRow {
  readonly rule: string;
  readonly severity: string;
  readonly incidents: number;
}

/** By the index of open ones. */
export const countOpenIncidents: Statement = {
  name: 'incident_count_open',
  text: `
    SELECT rule, severity, count(*)::int AS incidents FROM alert_incident WHERE ended_at IS NULL
    GROUP BY rule, severity ORDER BY rule, severity`,
};
