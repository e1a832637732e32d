import type { AdminClient } from './admin-client.js';
import { type Decoded, list, number, object, optional, text } from './decode.js';

const incident = object({
  id: text,
  rule: text,
  subject: text,
  severity: text,
  summary: text,
  value: number,
  peak: number,
  threshold: number,
  startedAt: text,
  seenAt: text,
  endedAt: optional(text),
  unconfirmedSince: optional(text),
});
const incidentPage = object({ items: list(incident), nextCursor: optional(text) });

export type Incident = Decoded<typeof incident>;

export const SEVERITIES = ['warning', 'critical'] as const;

export interface IncidentFilter {
  readonly state?: 'open' | undefined;
  readonly severity?: string | undefined;
  /** ISO 8601: those that were open then or later. */
  readonly since?: string | undefined;
}

/** What a service alerted about, the latest to begin first. */
export const incidents = {
  page: (client: AdminClient, filter: IncidentFilter, limit: number, cursor?: string) =>
    client.get('/incidents', incidentPage, { ...filter, limit, cursor }),
};
