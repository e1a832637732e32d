import type { Transaction } from '@waybill/database';

import type { RecordedEvent } from '../event-log.js';
import type { DomainEvent, EventStream } from '../event-stream.js';

/**
 * Tables that are made of events, for queries (CQRS: a read model). Nothing else writes to them, and they can be made again from the
 * first event on at any time: {@link Projections.rebuild}.
 */
export interface Projection<Event extends DomainEvent = DomainEvent> {
  /** Also the name of its subscription: small letters, digits and dashes, at most 40. Not to be changed: a new name begins from zero. */
  readonly name: string;
  /** Without a schema: they are in `public`. No foreign keys, triggers or views on them. */
  readonly tables: readonly string[];
  readonly streams: readonly EventStream<Event>[];
  /**
   * `inline`: whatever appends the events writes the tables too, in the same transaction, so they are never behind. `async`: they follow
   * the log in the background, many events in one transaction. (The terms are those of Marten and of Emmett.)
   */
  readonly lifecycle: 'async' | 'inline';
  /**
   * Of the code: raised whenever `project` makes other rows of the same events. Tables that an older version has built are reported as
   * outdated; those that a newer one has built are left alone by older processes. @default 1
   */
  readonly version?: number;
  /**
   * Brings the tables up to date with some events, in the order of the log; its writes commit together with the position, so each event
   * counts once. Names its tables without a schema: during a rebuild the same statements are about the new tables. It may
   * read the streams of the events; what it writes to other tables is written again by a rebuild.
   */
  readonly project: (events: readonly RecordedEvent<Event>[], tx: Transaction) => Promise<void>;
}

export type RebuildStatus = 'CANCELLED' | 'DONE' | 'FAILED' | 'RUNNING';

/** The last rebuild of a projection. */
export interface RebuildState {
  readonly id: string;
  readonly status: RebuildStatus;
  readonly version: number;
  readonly requestedBy: string;
  readonly reason: string;
  readonly requestedAt: Date;
  readonly endedAt: Date | undefined;
  /** Position up to which the new tables are made, while it runs; whole number as text. */
  readonly position: string | undefined;
  /** The last position of the log: where it has to come to. */
  readonly target: string;
  /** Why it failed, or why its last attempt did. */
  readonly failure: string | undefined;
}

export interface ProjectionState {
  readonly name: string;
  readonly lifecycle: Projection['lifecycle'];
  readonly tables: readonly string[];
  /** Of the code in this process, and of that which built the tables. */
  readonly version: number;
  readonly builtVersion: number;
  /** `undefined`: never rebuilt. */
  readonly builtAt: Date | undefined;
  /** Events that aren't in the tables yet, counted up to 10,000, and the age of the oldest in seconds. */
  readonly lagEvents: number;
  readonly lagSeconds: number;
  /** Why it stands still: how often in a row it failed, and the last reason, without values. */
  readonly failing: { readonly failures: number; readonly reason: string; readonly at: Date } | undefined;
  readonly rebuild: RebuildState | undefined;
}

/** @throws RangeError naming what is wrong */
export function checkedProjection<Event extends DomainEvent>(projection: Projection<Event>): Projection<Event> {
  const { name, tables, version = 1 } = projection;
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name)) {
    throw new RangeError(
      `Projection ${JSON.stringify(name)} must be named by 1 to 40 small letters, digits and dashes`,
    );
  }
  for (const table of tables) {
    if (!/^[a-z_][a-z0-9_]{0,62}$/.test(table)) {
      throw new RangeError(`Table ${JSON.stringify(table)} of projection ${name} must be a plain SQL identifier`);
    }
  }
  if (tables.length === 0) throw new RangeError(`Projection ${name} must have a table`);
  if (!Number.isInteger(version) || version < 1) {
    throw new RangeError(`Version ${version} of projection ${name} must be a whole number from 1 on`);
  }
  return projection;
}
