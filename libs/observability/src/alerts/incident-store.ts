import type { Breach } from './alert-rule.js';
import type { Alert, AlertSeverity } from './alert.js';

/** An incident whose beginning or end somebody has to be told. */
export type Notice = Omit<Alert, 'service'>;

/** What is remembered of one, open or ended. */
export interface Incident extends Breach {
  readonly id: string;
  readonly peak: number;
  readonly startedAt: Date;
  /** When a replica last reported it. */
  readonly seenAt: Date;
  readonly endedAt: Date | undefined;
  /** From its last report to its end, or until now, in milliseconds by the store's clock. */
  readonly unseenMs: number;
}

export interface IncidentFilter {
  readonly state?: 'open' | 'ended' | undefined;
  readonly severity?: AlertSeverity | undefined;
  /** Only what was open then or later. */
  readonly since?: Date | undefined;
  /** Only what began before this incident; the id of one that is forgotten finds nothing. */
  readonly before?: string | undefined;
  readonly limit: number;
}

export interface OpenIncidents {
  readonly rule: string;
  readonly severity: AlertSeverity;
  readonly incidents: number;
}

/**
 * What `end` records where nobody had looked for so long that it ends incidents: from the last look to this one. Over when it is known, so
 * nobody is told of it.
 */
export const UNWATCHED = {
  rule: 'unwatched',
  subject: '',
  severity: 'warning',
  summary:
    'Nothing was measured: the service was down, or its database was away. What happened meanwhile is not known, and nobody was alerted',
} as const;

/**
 * Remembers which incidents are open and what was said about them, for all replicas of a service, across restarts. An
 * incident is a rule and a subject, from its first report until nobody has reported it for a while. At most one of them
 * is open at a time.
 */
export interface IncidentStore {
  /** Opens an incident for each breach that has none; of the others it notes that they continue. Rule and subject occur once each. */
  report(breaches: readonly Breach[]): Promise<void>;
  /** Ends the open incidents of these rules that no replica has reported for `clearMs`. Where nobody had called it for as long: {@link UNWATCHED}. */
  end(rules: readonly string[], clearMs: number): Promise<void>;
  /** Takes the oldest notice that wasn't sent: the beginning first, then the end. Nobody else gets it within `leaseMs`. */
  claim(leaseMs: number): Promise<Notice | undefined>;
  /** The notice has arrived, and is never claimed again. */
  sent(notice: Pick<Notice, 'incident' | 'state'>): Promise<void>;
  /** The latest to begin first. */
  list(filter: IncidentFilter): Promise<readonly Incident[]>;
  countOpen(): Promise<readonly OpenIncidents[]>;
}

/** Where the monitor finds it. */
export const INCIDENT_STORE = Symbol('waybill:incident-store');

/** Notices that couldn't be sent for so long are given up, in milliseconds; ended incidents are kept longer. */
export const NOTICE_LIFETIME_MS = 86_400_000;
