import type { EventVersions } from './event-versions.js';

/** A fact about one aggregate: named in the past tense, JSON data, immutable once stored. */
export interface DomainEvent {
  readonly type: string;
  readonly data: object;
}

export interface EventSchema<Data extends object = object> {
  /** How older versions of its data are lifted to the one that this code writes. @default there is one version */
  readonly versions?: EventVersions<Data>;
  /**
   * Fields that tell of a person, and what stands for each once it has been erased. They are stored beside the data, in a column that
   * `EventStore.erase` empties: the data itself is never rewritten. An upcaster meets erased data without them. @default none
   */
  readonly personal?: { readonly [Field in keyof Data]?: Data[Field] };
}

/** The events of one kind of aggregate, and how old ones are read. */
export interface EventStream<Event extends DomainEvent> {
  /** Begins each stream's id: `order`. Letters, digits, dots and underscores. */
  readonly category: string;
  readonly events: { readonly [Type in Event['type']]: EventSchema<Extract<Event, { readonly type: Type }>['data']> };
}

/** One aggregate's history as it was loaded. */
export interface LoadedStream<Event extends DomainEvent> {
  /** Id of the aggregate. */
  readonly id: string;
  /** Number of its events; 0 = it doesn't exist. */
  readonly version: number;
  /** Oldest first, lifted to the versions of today. */
  readonly events: readonly Event[];
}

/** New events of one aggregate. */
export interface EventAppend<Event extends DomainEvent> {
  readonly id: string;
  /** The version on which the decision rests; 0 = a new stream. */
  readonly expectedVersion: number;
  readonly events: readonly Event[];
  /** Why they were decided on, for lineage. */
  readonly metadata?: EventMetadata;
}

export interface EventMetadata {
  readonly correlationId?: string;
  /** Id of the message or request that caused the events. */
  readonly causationId?: string;
}

/**
 * The category, if it is one. A dash ends it in the stream's id: with `order-archive` beside `order`, nobody could say whose `order-archive-1` is.
 * @throws RangeError
 */
export function checkedCategory(category: string): string {
  if (/^[A-Za-z0-9._]+$/.test(category)) return category;
  throw new RangeError(
    `Category ${JSON.stringify(category)} must consist of letters, digits, dots and underscores; a dash divides it from the id`,
  );
}
