import type { Statement, Transaction } from '@waybill/database';

import { eventRows, streamIdOf } from './event-rows.js';
import type { EventRow } from './event-rows.js';
import { ConcurrencyError } from './event-store.errors.js';
import { checkedCategory } from './event-stream.js';
import type { DomainEvent, EventAppend, EventSchema, EventStream, LoadedStream } from './event-stream.js';
import { readEvent } from './read-event.js';
import type { StoredEventRow } from './read-event.js';
import { APPEND_EVENTS } from './sql/append-events.js';
import { ERASE_EVENTS, LEGACY_EVENTS, STRIP_EVENTS } from './sql/erase-events.js';
import { LOAD_STREAMS, LOAD_STREAMS_UNTIL } from './sql/load-streams.js';

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
  loadMany(tx: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, LoadedStream<Event>>> {
    return this.#load(tx, LOAD_STREAMS, ids, []);
  }

  /** The same, as they were at a position of the log: what a projection makes of them doesn't depend on when it does. */
  loadUntil(
    tx: Transaction,
    ids: readonly string[],
    position: string,
  ): Promise<ReadonlyMap<string, LoadedStream<Event>>> {
    return this.#load(tx, LOAD_STREAMS_UNTIL, ids, [position]);
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
      await tx.write(APPEND_EVENTS, [
        column('streamId'),
        column('version'),
        column('baseVersion'),
        column('type'),
        column('schemaVersion'),
        column('data'),
        column('metadata'),
        column('personal'),
      ]);
    } catch (error) {
      if (!WRONG_VERSION.has(constraintOf(error) ?? '')) throw error;
      throw new ConcurrencyError([...new Set(column('streamId'))], error);
    }
  }

  async #load(
    tx: Transaction,
    statement: Statement,
    ids: readonly string[],
    more: readonly string[],
  ): Promise<ReadonlyMap<string, LoadedStream<Event>>> {
    const eventsById = new Map(ids.map((id): [string, Event[]] => [id, []]));
    if (ids.length > 0) {
      const streamIds = [...eventsById.keys()].map((id) => streamIdOf(this.stream, id));
      for (const row of await tx.query<StoredEventRow>(statement, [streamIds, ...more])) {
        const id = row.stream_id.slice(this.stream.category.length + 1);
        eventsById.get(id)?.push(readEvent(this.stream, row));
      }
    }
    return new Map([...eventsById].map(([id, events]) => [id, { id, version: events.length, events }]));
  }

  /**
   * Forgets the personal fields of any number of streams: from then on whoever reads their events, a rebuilt projection too, finds what their
   * schemas put in their place. What the events say beside that stays as it was written. Repeatable.
   *
   * Events that were appended before their type declared personal fields have them among their data. Those alone are rewritten, once.
   */
  async erase(tx: Transaction, ids: readonly string[]): Promise<void> {
    const personal = personalFields(this.stream);
    if (ids.length === 0 || personal.size === 0) return;
    const streamIds = ids.map((id) => streamIdOf(this.stream, id));
    const types = [...personal.keys()];
    const legacy = await tx.query<LegacyRow>(LEGACY_EVENTS, [streamIds, types]);
    if (legacy.length > 0) {
      await tx.query(STRIP_EVENTS, [
        legacy.map(({ stream_id: streamId }) => streamId),
        legacy.map(({ version }) => version),
        legacy.map(({ type, data }) => JSON.stringify(without(data, personal.get(type)))),
      ]);
    }
    await tx.query(ERASE_EVENTS, [streamIds, types]);
  }
}

interface LegacyRow {
  readonly stream_id: string;
  readonly version: number;
  readonly type: string;
  readonly data: object;
}

/** The names of the personal fields, by type; types without any are left out. */
function personalFields<Event extends DomainEvent>(
  stream: EventStream<Event>,
): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    Object.entries<EventSchema>(stream.events).flatMap(([type, { personal }]): [string, ReadonlySet<string>][] =>
      personal === undefined ? [] : [[type, new Set(Object.keys(personal))]],
    ),
  );
}

function without(data: object, names: ReadonlySet<string> = new Set()): object {
  return Object.fromEntries(Object.entries(data).filter(([name]) => !names.has(name)));
}

/** The constraint that a database error names. */
function constraintOf(error: unknown): string | undefined {
  const named = error instanceof Error && 'constraint' in error ? error.constraint : undefined;
  return typeof named === 'string' ? named : undefined;
}
