import { Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { isUuid } from '@waybill/http';

import { inOrder } from '../projections/timeline.js';
import type { TimelineEntry, TimelineKind } from '../projections/timeline.js';
import { SAVE_ERASED_ENTRIES, SELECT_ENTRIES } from './sql/erase-timeline.js';
import { FIND_TIMELINE } from './sql/find-timeline.js';
import { INSERT_TIMELINE_ENTRIES } from './sql/insert-timeline-entries.js';

/** What one transaction did, by order. */
type Recorded = Map<string, TimelineEntry[]>;

interface TimelineRow {
  /** `null` in rows of older releases, which are one entry each. */
  readonly entries: readonly TimelineEntry[] | null;
  readonly at: Date;
  readonly service: string;
  readonly kind: TimelineKind;
  readonly type: string;
  readonly message_id: string | null;
  readonly causation_id: string | null;
  readonly detail: Readonly<Record<string, unknown>> | null;
}

/**
 * What happened to each order, in all services, as the order service came to know it. Recorded in the transactions that make
 * it happen, one statement each and one row an order. An order's transactions hold its saga's lock, so the sequence of recording is its history.
 */
@Injectable()
export class Timeline {
  readonly #recorded = (tx: Transaction): Recorded => {
    const recorded: Recorded = new Map();
    tx.writeBeforeCommit(() => (recorded.size > 0 ? [insert(tx, recorded)] : []));
    return recorded;
  };

  constructor(private readonly database: Database) {}

  record(tx: Transaction, orderId: string, entries: readonly TimelineEntry[]): void {
    if (entries.length === 0) return;
    const recorded = tx.session(this.#recorded);
    recorded.set(orderId, [...(recorded.get(orderId) ?? []), ...entries]);
  }

  async of(orderId: string): Promise<readonly TimelineEntry[]> {
    const rows = await this.database.query<TimelineRow>(FIND_TIMELINE, [orderId]);
    return inOrder(rows.flatMap((row) => row.entries ?? entryOf(row)));
  }

  /**
   * Forgets the details of everything that was recorded about these orders: reasons, and words of participants and operators.
   * @returns the ids of each order's messages
   */
  async erase(tx: Transaction, orderIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const rows = await tx.query<StoredEntries>(SELECT_ENTRIES, [orderIds]);
    const entries = rows.map((row) => row.entries?.map((entry) => ({ ...entry, detail: null })));
    await tx.query(SAVE_ERASED_ENTRIES, [
      rows.map(({ order_id: orderId }) => orderId),
      rows.map(({ seq }) => seq),
      entries.map((all) => (all === undefined ? null : JSON.stringify(all))),
    ]);
    const messages = new Map(orderIds.map((id): [string, string[]] => [id, []]));
    for (const { order_id: orderId, entries: some, kind, message_id: id } of rows) {
      for (const entry of some ?? [{ kind, messageId: id }]) {
        if (entry.messageId !== null && isUuid(entry.messageId)) messages.get(orderId)?.push(entry.messageId);
      }
    }
    return messages;
  }
}

interface StoredEntries {
  readonly order_id: string;
  readonly seq: string;
  readonly entries: readonly TimelineEntry[] | null;
  readonly kind: TimelineKind;
  readonly message_id: string | null;
}

function entryOf(row: TimelineRow): TimelineEntry {
  const { at, service, kind, type, message_id: messageId, causation_id: causationId, detail } = row;
  return { at: at.toISOString(), service, kind, type, messageId, causationId, detail };
}

function insert(tx: Transaction, recorded: Recorded): Promise<unknown> {
  const entries = [...recorded.values()].map((ofOrder) => JSON.stringify(ofOrder));
  return tx.write(INSERT_TIMELINE_ENTRIES, [[...recorded.keys()], entries]);
}
