import { randomUUID } from 'node:crypto';

import type { Breach } from './alert-rule.js';
import { NOTICE_LIFETIME_MS, UNWATCHED } from './incident-store.js';
import type { Incident, IncidentFilter, IncidentStore, Notice, OpenIncidents } from './incident-store.js';

interface Remembered extends Breach {
  readonly id: string;
  readonly startedAtMs: number;
  seenAtMs: number;
  endedAtMs: number | undefined;
  value: number;
  peak: number;
  firingSent: boolean;
  resolvedSent: boolean;
  claimedUntilMs: number;
}

/** For a service without a database: a restart tells again of incidents that continue, and so does each replica. */
export class InMemoryIncidents implements IncidentStore {
  #incidents: Remembered[] = [];
  #watchedAtMs: number | undefined;

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
        this.#remember(breach, { startedAtMs: now, seenAtMs: now, endedAtMs: undefined }, false);
      }
    }
  }

  async end(rules: readonly string[], clearMs: number): Promise<void> {
    const now = this.clock();
    const watchedAtMs = this.#watchedAtMs ?? now;
    this.#watchedAtMs = now;
    if (watchedAtMs < now - clearMs) {
      const gap = { ...UNWATCHED, value: (now - watchedAtMs) / 1_000, threshold: clearMs / 1_000 };
      this.#remember(gap, { startedAtMs: watchedAtMs, seenAtMs: now, endedAtMs: now }, true);
    }
    for (const incident of this.#incidents) {
      const isOver = incident.endedAtMs === undefined && incident.seenAtMs <= now - clearMs;
      if (isOver && rules.includes(incident.rule)) incident.endedAtMs = now;
    }
    this.#incidents = this.#incidents.filter((incident) => latestOf(incident) > now - NOTICE_LIFETIME_MS);
  }

  async claim(leaseMs: number): Promise<Notice | undefined> {
    const now = this.clock();
    const [next] = this.#incidents
      .filter(
        (incident) =>
          !incident.resolvedSent &&
          (!incident.firingSent || incident.endedAtMs !== undefined) &&
          incident.claimedUntilMs <= now &&
          latestOf(incident) > now - NOTICE_LIFETIME_MS,
      )
      .toSorted((one, other) => one.claimedUntilMs - other.claimedUntilMs);
    if (!next) return undefined;
    next.claimedUntilMs = now + leaseMs;
    return noticeOf(next);
  }

  async sent({ incident: id, state }: Pick<Notice, 'incident' | 'state'>): Promise<void> {
    const incident = this.#incidents.find((candidate) => candidate.id === id);
    if (incident) Object.assign(incident, { firingSent: true, resolvedSent: state === 'resolved', claimedUntilMs: 0 });
  }

  async list({ state, severity, since, before, limit }: IncidentFilter): Promise<readonly Incident[]> {
    const now = this.clock();
    const newestFirst = this.#incidents.toReversed().toSorted((one, other) => other.startedAtMs - one.startedAtMs);
    const from = before === undefined ? 0 : newestFirst.findIndex(({ id }) => id === before) + 1;
    if (before !== undefined && from === 0) return [];
    return newestFirst
      .slice(from)
      .filter(
        (incident) =>
          (state === undefined || (state === 'open') === (incident.endedAtMs === undefined)) &&
          (severity === undefined || severity === incident.severity) &&
          (since === undefined || (incident.endedAtMs ?? now) >= since.getTime()),
      )
      .slice(0, limit)
      .map((incident) => incidentOf(incident, now));
  }

  async countOpen(): Promise<readonly OpenIncidents[]> {
    const counts = new Map<string, OpenIncidents>();
    for (const { rule, severity, endedAtMs } of this.#incidents) {
      if (endedAtMs !== undefined) continue;
      const id = `${rule} ${severity}`;
      counts.set(id, { rule, severity, incidents: (counts.get(id)?.incidents ?? 0) + 1 });
    }
    return [...counts.values()];
  }

  #remember(breach: Breach, times: Pick<Remembered, 'startedAtMs' | 'seenAtMs' | 'endedAtMs'>, isTold: boolean): void {
    const sent = { firingSent: isTold, resolvedSent: isTold, claimedUntilMs: 0 };
    this.#incidents.push({ ...breach, ...times, ...sent, id: randomUUID(), peak: breach.value });
  }
}

function latestOf({ endedAtMs, seenAtMs }: Remembered): number {
  return endedAtMs ?? seenAtMs;
}

function incidentOf(incident: Remembered, nowMs: number): Incident {
  const { id, rule, subject, severity, summary, value, peak, threshold, startedAtMs, seenAtMs, endedAtMs } = incident;
  return {
    id,
    rule,
    subject,
    severity,
    summary,
    value,
    peak,
    threshold,
    startedAt: new Date(startedAtMs),
    seenAt: new Date(seenAtMs),
    endedAt: endedAtMs === undefined ? undefined : new Date(endedAtMs),
    unseenMs: (endedAtMs ?? nowMs) - seenAtMs,
  };
}

function noticeOf(incident: Remembered): Notice {
  const { id, rule, subject, severity, summary, value, peak, threshold, startedAtMs, endedAtMs, firingSent } = incident;
  const state = firingSent ? 'resolved' : 'firing';
  const startedAt = new Date(startedAtMs);
  const endedAt = state === 'firing' || endedAtMs === undefined ? undefined : new Date(endedAtMs);
  return { incident: id, state, rule, subject, severity, summary, value, peak, threshold, startedAt, endedAt };
}
