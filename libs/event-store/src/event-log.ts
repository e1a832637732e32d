import type { Database } from '@waybill/database';

import { EventHorizon } from './event-horizon.js';
import { checkedCategory } from './event-stream.js';
import type { DomainEvent, EventMetadata, EventStream } from './event-stream.js';
import { readEvent } from './read-event.js';
import type { StoredEventRow } from './read-event.js';
import { READ_EVENTS } from './sql/read-events.js';

/** An event where it stands among all events of the store. */
export interface RecordedEvent<Event extends DomainEvent = DomainEvent> {
  /** Whole number as text; grows, with gaps. */
  readonly position: string;
  readonly category: string;
  /** Id of its aggregate. */
  readonly id: string;
  /** Its place in the aggregate's stream, from 1. */
  readonly version: number;
  /** Lifted to the version of today. */
  readonly event: Event;
  readonly metadata: EventMetadata | undefined;
  readonly recordedAt: Date;
}

/** Positions that one statement looks at, at most: a log may hold millions of events of other streams. */
const MOST_POSITIONS = 100_000n;

/** A part of the log, and where the next one begins. */
export interface LogPage<Event extends DomainEvent> {
  readonly events: readonly RecordedEvent<Event>[];
  /** Everything up to here has been read, or is of other streams. */
  readonly position: string;
  /** Nothing was left when this was read. */
  readonly isEnd: boolean;
}

interface LogRow extends StoredEventRow {
  readonly position: string;
  readonly metadata: EventMetadata | null;
  readonly recorded_at: Date;
}

/**
 * All events of some kinds of aggregates in one order that never changes: what was read once will be read the same way again, and nothing
 * appears later between events that were read. A stream's events keep their order; an event that was decided on after another one had
 * committed comes after it. Events of transactions that haven't ended are waited for, those of transactions that were rolled back leave gaps.
 */
export class EventLog<Event extends DomainEvent = DomainEvent> {
  readonly #streams: ReadonlyMap<string, EventStream<Event>>;
  readonly #horizon: EventHorizon;

  /** @throws RangeError where a category isn't one. */
  constructor(
    private readonly database: Pick<Database, 'query'>,
    streams: readonly EventStream<Event>[],
  ) {
    this.#streams = new Map(streams.map((stream) => [checkedCategory(stream.category), stream]));
    this.#horizon = new EventHorizon(database);
  }

  /**
   * The next events after a position, at most `limit`; none where other streams fill the next stretch of the log: continue from the page's position.
   * @throws UnreadableEventError
   */
  async read(after: string, limit: number): Promise<LogPage<Event>> {
    return this.readUpTo(await this.#horizon.look(), after, limit);
  }

  /**
   * The same, where all positions up to `horizon` are known to have committed or never to be filled.
   * @throws UnreadableEventError
   */
  async readUpTo(horizon: string, after: string, limit: number): Promise<LogPage<Event>> {
    if (BigInt(horizon) <= BigInt(after)) return { events: [], position: after, isEnd: true };
    const prefixes = [...this.#streams.keys()].map((category) => `${category}-`);
    const furthest = BigInt(after) + MOST_POSITIONS;
    const to = furthest < BigInt(horizon) ? String(furthest) : horizon;
    const rows = await this.database.query<LogRow>(READ_EVENTS, [after, to, prefixes, limit]);
    const isFull = rows.length >= limit;
    return {
      events: rows.map((row) => this.#recorded(row)),
      position: isFull ? (rows.at(-1)?.position ?? after) : to,
      isEnd: !isFull && to === horizon,
    };
  }

  /** Everything after a position that is known at the end, in pages. */
  async *readAll(after = '0', pageSize = 1_000): AsyncGenerator<RecordedEvent<Event>> {
    for (let page = await this.read(after, pageSize); ; page = await this.read(page.position, pageSize)) {
      yield* page.events;
      if (page.isEnd) return;
    }
  }

  #recorded(row: LogRow): RecordedEvent<Event> {
    const category = [...this.#streams.keys()].find((name) => row.stream_id.startsWith(`${name}-`)) ?? '';
    const stream = this.#streams.get(category);
    if (stream === undefined) throw new RangeError(`Stream ${row.stream_id} was not asked for`);
    return {
      position: row.position,
      category,
      id: row.stream_id.slice(category.length + 1),
      version: row.version,
      event: readEvent(stream, row),
      metadata: row.metadata ?? undefined,
      recordedAt: row.recorded_at,
    };
  }
}
