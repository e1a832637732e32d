export type TimelineKind = 'http' | 'command' | 'event' | 'saga';

export interface TimelineEntry {
  /** ISO 8601, UTC: when the service named decided on it. */
  readonly at: string;
  readonly service: string;
  readonly kind: TimelineKind;
  readonly type: string;
  readonly messageId: string | null;
  readonly causationId: string | null;
  readonly detail: Readonly<Record<string, unknown>> | null;
}

/**
 * Puts entries, given in the order in which they were recorded, in order of time. What the order service decided itself (all but
 * events) was recorded in that order, under its saga's lock. An event was recorded later than it happened, by a clock of another
 * service: it counts as no earlier than its cause, and no later than what was recorded next.
 */
export function inOrder(recorded: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const timeOfMessage = new Map<string, number>();
  const own = timesOfOwn(recorded);
  const timed = recorded.map((entry, index) => {
    const decided = own[index] ?? Math.min(Date.parse(entry.at), own.slice(index).find(isTime) ?? Infinity);
    const cause = entry.causationId === null ? undefined : timeOfMessage.get(entry.causationId);
    const time = Math.max(decided, cause ?? -Infinity);
    if (entry.messageId !== null) timeOfMessage.set(entry.messageId, time);
    return { entry: { ...entry, at: new Date(time).toISOString() }, time };
  });
  return timed.sort((a, b) => a.time - b.time).map(({ entry }) => entry); // stable: what is equal stays as recorded
}

/** Never falling; `undefined` for events. */
function timesOfOwn(recorded: readonly TimelineEntry[]): readonly (number | undefined)[] {
  let latest = -Infinity;
  return recorded.map(({ kind, at }) => {
    if (kind === 'event') return undefined;
    return (latest = Math.max(latest, Date.parse(at)));
  });
}

function isTime(time: number | undefined): time is number {
  return time !== undefined;
}

/** What anyone may read of an entry: who operated on a saga, and why, stays among operators. */
export function withoutOperator(entry: TimelineEntry): TimelineEntry {
  const { kind, type } = entry;
  if (entry.detail === null) return entry;
  if (kind === 'http') {
    const { by: _by, ...detail } = entry.detail; // the reason for a cancellation is the customer's to know
    return { ...entry, detail };
  }
  if (kind !== 'saga' || (type !== 'operated' && type !== 'saga-recovered')) return entry;
  const { by: _by, reason: _reason, ...detail } = entry.detail;
  return { ...entry, detail };
}
