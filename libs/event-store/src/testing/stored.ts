import type { DomainEvent, EventStream } from '../event-stream.js';
import { readEvent } from '../read-event.js';

/** What a row of the table says. */
export interface StoredEvent {
  readonly type: string;
  /** @default 1 */
  readonly version?: number;
  /** As that version wrote it, personal fields among the others. */
  readonly data: object;
  /** Its personal fields are gone. @default false */
  readonly isErased?: boolean;
}

/**
 * The event that today's code makes of one that older code stored, for a history: `given(evolution, stored(stream, { type: 'Opened', data: { name: 'ada' } }))`.
 * @throws UnreadableEventError
 */
export function stored<Event extends DomainEvent>(
  stream: EventStream<Event>,
  { type, version = 1, data, isErased = false }: StoredEvent,
): Event {
  const row = { stream_id: `${stream.category}-given`, version: 1, type, schema_version: version, data };
  return readEvent(stream, { ...row, personal: null, is_erased: isErased });
}
