import { Injectable } from '@nestjs/common';
import { UNWATCHED } from '@waybill/observability';
import type { Breach, Incident, IncidentFilter, IncidentStore, Notice, OpenIncidents } from '@waybill/observability';

import { Database } from '../database.js';
import { claimNotice } from './sql/claim-notice.js';
import type { NoticeRow } from './sql/claim-notice.js';
import { endIncidents } from './sql/end-incidents.js';
import { countOpenIncidents, listIncidents } from './sql/list-incidents.js';
import type { IncidentRow, OpenIncidentsRow } from './sql/list-incidents.js';
import { markNoticeSent } from './sql/mark-notice-sent.js';
import { reportIncidents } from './sql/report-incidents.js';

const DAY_MS = 86_400_000;
const KEPT_MS = 30 * DAY_MS;

/**
 * The incident store of `@waybill/observability` in the service's database: replicas share it, restarts find it. Times are
 * the database's, so clocks of replicas needn't agree. Each method is one statement. Needs {@link databaseMigrations}.
 */
@Injectable()
export class PostgresIncidents implements IncidentStore {
  constructor(private readonly database: Database) {}

  async report(breaches: readonly Breach[]): Promise<void> {
    await this.database.query(reportIncidents, [
      breaches.map(({ rule }) => rule),
      breaches.map(({ subject }) => subject),
      breaches.map(({ severity }) => severity),
      breaches.map(({ summary }) => summary),
      breaches.map(({ value }) => value),
      breaches.map(({ threshold }) => threshold),
    ]);
  }

  /** Also deletes what ended 30 days ago. */
  async end(rules: readonly string[], clearMs: number): Promise<void> {
    const { rule, subject, severity, summary } = UNWATCHED;
    await this.database.query(endIncidents, [rules, clearMs, KEPT_MS, rule, subject, severity, summary]);
  }

  async claim(leaseMs: number): Promise<Notice | undefined> {
    const [row] = await this.database.query<NoticeRow>(claimNotice, [leaseMs, DAY_MS]);
    return row && noticeOf(row);
  }

  async sent({ incident, state }: Pick<Notice, 'incident' | 'state'>): Promise<void> {
    await this.database.query(markNoticeSent, [incident, state]);
  }

  async list({ state, severity, since, before, limit }: IncidentFilter): Promise<readonly Incident[]> {
    const values = [state ?? null, severity ?? null, since ?? null, before ?? null, limit];
    return (await this.database.operators.query<IncidentRow>(listIncidents, values)).map(incidentOf);
  }

  async countOpen(): Promise<readonly OpenIncidents[]> {
    const rows = await this.database.query<OpenIncidentsRow>(countOpenIncidents);
    return rows.map(({ severity, ...row }) => ({ ...row, severity: severityOf(severity) }));
  }
}

function severityOf(text: string): Incident['severity'] {
  return text === 'critical' ? 'critical' : 'warning';
}

function incidentOf({
  severity,
  started_at: startedAt,
  seen_at: seenAt,
  ended_at: endedAt,
  unseen_ms: unseenMs,
  ...row
}: IncidentRow): Incident {
  return { ...row, severity: severityOf(severity), startedAt, seenAt, endedAt: endedAt ?? undefined, unseenMs };
}

function noticeOf(row: NoticeRow): Notice {
  const { id, rule, subject, summary, value, peak, threshold } = row;
  const state = row.firing_sent_at === null ? 'firing' : 'resolved';
  return {
    incident: id,
    state,
    rule,
    subject,
    summary,
    value,
    peak,
    threshold,
    severity: severityOf(row.severity),
    startedAt: row.started_at,
    endedAt: state === 'resolved' && row.ended_at !== null ? row.ended_at : undefined,
  };
}
