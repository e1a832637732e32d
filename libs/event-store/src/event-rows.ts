import { ConcurrencyError } from './event-store.errors.js';
import type { DomainEvent, EventAppend, EventSchema, EventStream } from './event-stream.js';

/** A row to insert. */
export interface EventRow {
  readonly streamId: string;
  readonly version: number;
  /** Length that the stream must have before the statement. */
  readonly baseVersion: number;
  readonly type: string;
  readonly schemaVersion: number;
  /** Without the personal fields. */
  readonly data: string;
  /** The personal fields, where the event's type has any. */
  readonly personal: string | null;
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
  const schemas: Readonly<Record<string, EventSchema>> = stream.events;
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
      schemaVersion: schemas[event.type]?.versions?.version ?? 1,
      ...stored(event.data, schemas[event.type]),
      metadata: metadata ? JSON.stringify(metadata) : null,
    }));
  });
}

/** An event's data as it is stored: in two parts, of which the second can be erased. */
function stored(data: object, schema: EventSchema | undefined): Pick<EventRow, 'data' | 'personal'> {
  if (schema?.personal === undefined) return { data: JSON.stringify(data), personal: null };
  const names = new Set(Object.keys(schema.personal));
  const lasting: Record<string, unknown> = {};
  const personal: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(data)) (names.has(name) ? personal : lasting)[name] = value;
  return { data: JSON.stringify(lasting), personal: JSON.stringify(personal) };
}
