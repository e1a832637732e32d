import type { Sample } from '../monitor/monitor-source.js';
import type { AlertSeverity } from './alert.js';

/** When a metric is a reason to wake somebody. */
export interface AlertRule {
  readonly name: string;
  readonly severity: AlertSeverity;
  readonly metric: string;
  /** Only samples with these labels; of several values one has to be the sample's. @default all */
  readonly where?: Readonly<Record<string, string | readonly string[]>>;
  /** One incident per combination of these labels; of several samples the highest counts. */
  readonly by: readonly string[];
  /** Fires above this. */
  readonly threshold: number;
  readonly summary: string;
}

/** A rule that is broken now, for one subject. */
export interface Breach {
  readonly rule: string;
  readonly subject: string;
  readonly severity: AlertSeverity;
  readonly summary: string;
  readonly value: number;
  readonly threshold: number;
}

/** One breach per rule and subject, however many messages are behind it. */
export function findBreaches(rules: readonly AlertRule[], samples: readonly Sample[]): readonly Breach[] {
  return rules.flatMap((rule) => {
    const worst = new Map<string, number>();
    for (const { metric, labels, value } of samples) {
      if (metric !== rule.metric || !isAbout(labels, rule.where) || !(value > rule.threshold)) continue;
      const subject = subjectOf(rule.by, labels);
      worst.set(subject, Math.max(value, worst.get(subject) ?? value));
    }
    const { name, severity, summary, threshold } = rule;
    return [...worst].map(([subject, value]) => ({ rule: name, subject, severity, summary, value, threshold }));
  });
}

/** An empty label says nothing, as in Prometheus. */
function subjectOf(by: AlertRule['by'], labels: Sample['labels']): string {
  return by.flatMap((label) => (labels[label] ? [`${label}=${labels[label]}`] : [])).join(' ');
}

function isAbout(labels: Sample['labels'], where: AlertRule['where'] = {}): boolean {
  return Object.entries(where).every(([label, value]) => [value].flat().includes(labels[label] ?? ''));
}
