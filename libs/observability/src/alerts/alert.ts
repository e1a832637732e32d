export type AlertSeverity = 'warning' | 'critical';

/** That something is wrong, or is over. Carries counts and names, never a payload. */
export interface Alert {
  /** The same for the beginning and the end of one incident. */
  readonly incident: string;
  readonly state: 'firing' | 'resolved';
  readonly service: string;
  /** Name of the rule, as in `dead-letters`. */
  readonly rule: string;
  /** What it is about, as in `group=payment`. */
  readonly subject: string;
  readonly severity: AlertSeverity;
  readonly summary: string;
  /** Of the rule's metric: as last seen, at its worst, and what it may be at most. */
  readonly value: number;
  readonly peak: number;
  readonly threshold: number;
  readonly startedAt: Date;
  /** Set when resolved. */
  readonly endedAt: Date | undefined;
}

/**
 * Tells people. Repeatable: an alert of which nobody knows whether it arrived is sent again, with the same incident and state.
 * @throws when it didn't arrive; it is sent again later
 */
export interface AlertPort {
  send(alert: Alert): Promise<void>;
}
