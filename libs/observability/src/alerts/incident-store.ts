import type { Breach } from './alert-rule.js';
import type { Alert } from './alert.js';

/** An incident whose beginning or end somebody has to be told. */
export type Notice = Omit<Alert, 'service'>;

/**
 * Remembers which incidents are open and what was said about them, for all replicas of a service, across restarts. An
 * incident is a rule and a subject, from its first report until nobody has reported it for a while. At most one of them
 * is open at a time.
 */
export interface IncidentStore {
  /** Opens an incident for each breach that has none; of the others it notes that they continue. Rule and subject occur once each. */
  report(breaches: readonly Breach[]): Promise<void>;
  /** Ends the open incidents of these rules that no replica has reported for `clearMs`. */
  end(rules: readonly string[], clearMs: number): Promise<void>;
  /** Takes the oldest notice that wasn't sent: the beginning first, then the end. Nobody else gets it within `leaseMs`. */
  claim(leaseMs: number): Promise<Notice | undefined>;
  /** The notice has arrived, and is never claimed again. */
  sent(notice: Pick<Notice, 'incident' | 'state'>): Promise<void>;
}

/** Notices that couldn't be sent for so long are given up, in milliseconds; ended incidents are kept longer. */
export const NOTICE_LIFETIME_MS = 86_400_000;
