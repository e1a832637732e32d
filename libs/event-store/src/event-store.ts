import type { Transaction } from '@waybill/database';

import { eventRows, streamIdOf } from './event-rows.js';
import type { EventRow } from './event-rows.js';
import { ConcurrencyError } from './event-store.errors.js';
import { checkedCategory } from './event-stream.js';
import type { DomainEvent, EventAppend, EventStream, LoadedStream } from './event-stream.js';
import { readEvent } from './read-event.js';
import type { StoredEventRow } from './read-event.js';
import { APPEND_EVENTS } from './sql/append-events.js';
import { LOAD_STREAMS } from './sql/load-streams.js';

/** The constraints that a wrong version breaks: it exists already, or the stream is shorter than expected. */
const WRONG_VERSION = new Set(['stored_event_pkey', 'stored_event_version_check']);

/**
 * Streams of events, one per aggregate, in the service's own database. Appending is part of the caller's transaction:
 * events, projections and outgoing messages commit together or not at all. Each stream is totally ordered, without gaps.
 */
export class EventStore<Event extends DomainEvent> {
  /** @throws RangeError where the stream's category isn't one. */
  constructor(readonly stream: EventStream<Event>) {
    checkedCategory(stream.category);
  }

  /** A stream that doesn't exist has version 0. Takes no lock. */
  async load(tx: Transaction, id: string): Promise<LoadedStream<Event>> {
    const loaded = (await this.loadMany(tx, [id])).get(id);
    return loaded ?? { id, version: 0, events: [] };
  }

  /** Loads any number of streams with one statement; each id has an entry. Takes no lock. */
  async loadMany(tx: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, LoadedStream<Event>>> {
    const eventsById = new Map(ids.map((id): [string, Event[]] => [id, []]));
    if (ids.length > 0) {
      const streamIds = [...eventsById.keys()].map((id) => streamIdOf(this.stream, id));
      for (const row of await tx.query<StoredEventRow>(LOAD_STREAMS, [streamIds])) {
        const id = row.stream_id.slice(this.stream.category.length + 1);
        eventsById.get(id)?.push(readEvent(this.stream, row));
      }
    }
    return new Map([...eventsById].map(([id, events]) => [id, { id, version: events.length, events }]));
  }

  /**
   * Appends to any number of streams with one statement, which is issued before this method first waits: called from
   * `Transaction.beforeCommit`, the events travel with COMMIT. A stream may be named more than once if its later appends
   * follow on from the earlier ones.
   * @throws ConcurrencyError when a stream isn't at its expected version; the transaction can't commit then.
   */
  async append(tx: Transaction, appends: readonly EventAppend<Event>[]): Promise<void> {
    const rows = eventRows(this.stream, appends);
    if (rows.length === 0) return;
    const column = <Key extends keyof EventRow>(key: Key) => rows.map((row) => row[key]);
    try {
      await tx.query(APPEND_EVENTS, [
        column('streamId'),
        column('version'),
        column('baseVersion'),
        column('type'),
        column('schemaVersion'),
        column('data'),
        column('metadata'),
      ]);
    } catch (error) {
      if (!WRONG_VERSION.has(constraintOf(error) ?? '')) throw error;
      throw new ConcurrencyError([...new Set(column('streamId'))], error);
    }
  }
}

/** The constraint that a database error names. */
function constraintOf(error: unknown): string | undefined {
  const named = error instanceof Error && 'constraint' in error ? error.constraint : undefined;
  return typeof named === 'string' ? named : undefined;
}
