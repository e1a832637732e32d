import { randomUUID } from 'node:crypto';

import type { Breach } from './alert-rule.js';
import { NOTICE_LIFETIME_MS } from './incident-store.js';
import type { IncidentStore, Notice } from './incident-store.js';

interface Incident extends Breach {
  readonly id: string;
  readonly startedAtMs: number;
  seenAtMs: number;
  endedAtMs: number | undefined;
  value: number;
  peak: number;
  firingSent: boolean;
  claimedUntilMs: number;
}

/** For a service without a database: a restart tells again of incidents that continue, and so does each replica. */
export class InMemoryIncidents implements IncidentStore {
  #incidents: Incident[] = [];

  /** @param clock milliseconds since 1970 */
  constructor(private readonly clock: () => number = Date.now) {}

  async report(breaches: readonly Breach[]): Promise<void> {
    const now = this.clock();
    for (const breach of breaches) {
      const open = this.#incidents.find(
        ({ rule, subject, endedAtMs }) => endedAtMs === undefined && rule === breach.rule && subject === breach.subject,
      );
      if (open) {
        open.seenAtMs = now;
        open.value = breach.value;
        open.peak = Math.max(open.peak, breach.value);
      } else {
        const times = { startedAtMs: now, seenAtMs: now, endedAtMs: undefined, claimedUntilMs: 0 };
        this.#incidents.push({ ...breach, ...times, id: randomUUID(), peak: breach.value, firingSent: false });
      }
    }
  }

  async end(rules: readonly string[], clearMs: number): Promise<void> {
    const now = this.clock();
    for (const incident of this.#incidents) {
      const isOver = incident.endedAtMs === undefined && incident.seenAtMs <= now - clearMs;
      if (isOver && rules.includes(incident.rule)) incident.endedAtMs = now;
    }
    this.#incidents = this.#incidents.filter((incident) => latestOf(incident) > now - NOTICE_LIFETIME_MS);
  }

  async claim(leaseMs: number): Promise<Notice | undefined> {
    const now = this.clock();
    const next = this.#incidents.find(
      (incident) =>
        (!incident.firingSent || incident.endedAtMs !== undefined) &&
        incident.claimedUntilMs <= now &&
        latestOf(incident) > now - NOTICE_LIFETIME_MS,
    );
    if (!next) return undefined;
    next.claimedUntilMs = now + leaseMs;
    return noticeOf(next);
  }

  async sent({ incident: id, state }: Pick<Notice, 'incident' | 'state'>): Promise<void> {
    if (state === 'resolved') this.#incidents = this.#incidents.filter((incident) => incident.id !== id);
    const incident = this.#incidents.find((candidate) => candidate.id === id);
    if (incident) Object.assign(incident, { firingSent: true, claimedUntilMs: 0 });
  }
}

function latestOf({ endedAtMs, seenAtMs }: Incident): number {
  return endedAtMs ?? seenAtMs;
}

function noticeOf(incident: Incident): Notice {
  const { id, rule, subject, severity, summary, value, peak, threshold, startedAtMs, endedAtMs, firingSent } = incident;
  const state = firingSent ? 'resolved' : 'firing';
  const startedAt = new Date(startedAtMs);
  const endedAt = state === 'firing' || endedAtMs === undefined ? undefined : new Date(endedAtMs);
  return { incident: id, state, rule, subject, severity, summary, value, peak, threshold, startedAt, endedAt };
}
