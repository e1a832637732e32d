import { ConcurrencyError } from './event-store.errors.js';
import type { DomainEvent, EventAppend, EventStream } from './event-stream.js';

/** A row to insert. */
export interface EventRow {
  readonly streamId: string;
  readonly version: number;
  /** Length that the stream must have before the statement. */
  readonly baseVersion: number;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: string;
  readonly metadata: string | null;
}

/** Id of a stream in the table: `order-<id>`. */
export function streamIdOf(stream: { readonly category: string }, id: string): string {
  return `${stream.category}-${id}`;
}

/**
 * Numbers the events of all appends; later appends of one stream follow on from its earlier ones.
 * @throws ConcurrencyError when they don't.
 */
export function eventRows<Event extends DomainEvent>(
  stream: EventStream<Event>,
  appends: readonly EventAppend<Event>[],
): readonly EventRow[] {
  const schemas: Readonly<Record<string, { readonly version?: number }>> = stream.events;
  const spans = new Map<string, { readonly base: number; readonly end: number }>();
  return appends.flatMap(({ id, expectedVersion, events, metadata }) => {
    const streamId = streamIdOf(stream, id);
    const { base, end } = spans.get(streamId) ?? { base: expectedVersion, end: expectedVersion };
    if (end !== expectedVersion) throw new ConcurrencyError([streamId]);
    spans.set(streamId, { base, end: end + events.length });
    return events.map((event, index) => ({
      streamId,
      version: expectedVersion + index + 1,
      baseVersion: base,
      type: event.type,
      schemaVersion: schemas[event.type]?.version ?? 1,
      data: JSON.stringify(event.data),
      metadata: metadata ? JSON.stringify(metadata) : null,
    }));
  });
}
