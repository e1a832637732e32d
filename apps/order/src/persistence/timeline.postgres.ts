import { Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { Transaction } from '@waybill/database';

import { inOrder } from '../projections/timeline.js';
import type { TimelineEntry, TimelineKind } from '../projections/timeline.js';
import { FIND_TIMELINE } from './sql/find-timeline.js';
import { INSERT_TIMELINE_ENTRIES } from './sql/insert-timeline-entries.js';

interface OrderEntry extends TimelineEntry {
  readonly orderId: string;
}

interface TimelineRow {
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
 * it happen, one statement each. An order's transactions hold its saga's lock, so the sequence of recording is its history.
 */
@Injectable()
export class Timeline {
  readonly #recorded = (tx: Transaction): OrderEntry[] => {
    const entries: OrderEntry[] = [];
    tx.beforeCommit(() => (entries.length > 0 ? [insert(tx, entries)] : []));
    return entries;
  };

  constructor(private readonly database: Database) {}

  record(tx: Transaction, orderId: string, entries: readonly TimelineEntry[]): void {
    tx.session(this.#recorded).push(...entries.map((entry) => ({ ...entry, orderId })));
  }

  async of(orderId: string): Promise<readonly TimelineEntry[]> {
    const rows = await this.database.query<TimelineRow>(FIND_TIMELINE, [orderId]);
    return inOrder(
      rows.map(({ at, service, kind, type, message_id, causation_id, detail }) => ({
        at: at.toISOString(),
        service,
        kind,
        type,
        messageId: message_id,
        causationId: causation_id,
        detail,
      })),
    );
  }
}

function insert(tx: Transaction, entries: readonly OrderEntry[]): Promise<unknown> {
  return tx.query(INSERT_TIMELINE_ENTRIES, [
    entries.map(({ orderId }) => orderId),
    entries.map(({ at }) => at),
    entries.map(({ service }) => service),
    entries.map(({ kind }) => kind),
    entries.map(({ type }) => type),
    entries.map(({ messageId }) => messageId),
    entries.map(({ causationId }) => causationId),
    entries.map(({ detail }) => (detail === null ? null : JSON.stringify(detail))),
  ]);
}
