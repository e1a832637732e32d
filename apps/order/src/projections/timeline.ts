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
 * Puts entries, given in the order in which they were recorded, in order of time. Services have clocks of their own, so
 * an entry counts as no earlier than its cause: an answer never stands before the command that it answers.
 */
export function inOrder(recorded: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const timeOfMessage = new Map<string, number>();
  const timed = recorded.map((entry) => {
    const cause = entry.causationId === null ? undefined : timeOfMessage.get(entry.causationId);
    const time = Math.max(Date.parse(entry.at), cause ?? -Infinity);
    if (entry.messageId !== null) timeOfMessage.set(entry.messageId, time);
    return { entry: { ...entry, at: new Date(time).toISOString() }, time };
  });
  return timed.sort((a, b) => a.time - b.time).map(({ entry }) => entry); // stable: what is equal stays as recorded
}

/** What anyone may read of an entry: who operated on a saga, and why, stays among operators. */
export function withoutOperator(entry: TimelineEntry): TimelineEntry {
  const { kind, type } = entry;
  if (kind !== 'saga' || (type !== 'operated' && type !== 'saga-recovered') || entry.detail === null) return entry;
  const { by: _by, reason: _reason, ...detail } = entry.detail;
  return { ...entry, detail };
}
