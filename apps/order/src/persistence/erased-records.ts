import { Injectable } from '@nestjs/common';
import type { Transaction } from '@waybill/database';
import type { Cause } from '@waybill/messaging';
import { SagaEngine } from '@waybill/saga';

import { ERASED_FULFILMENT, FULFIL_ORDER } from '../sagas/fulfil-order.saga.js';
import type { FulfilOrder } from '../sagas/fulfil-order.saga.js';
import { Orders } from './orders.postgres.js';
import { Timeline } from './timeline.postgres.js';

export interface ErasedFromRecords {
  readonly messages: ReadonlyMap<string, readonly string[]>;
  readonly unknown: readonly string[];
  readonly notEnded: readonly string[];
}

/** What the order service itself has written about orders: events, read model, saga, timeline. */
@Injectable()
export class ErasedRecords {
  constructor(
    private readonly orders: Orders,
    private readonly engine: SagaEngine,
    private readonly timeline: Timeline,
  ) {}

  /**
   * Forgets who ordered. Orders that aren't known here are passed over, as a restored database has lost them.
   * @returns the ids of each order's messages, the orders that aren't known, and those that haven't ended: with any of these the transaction
   * must not commit
   */
  async erase(tx: Transaction, ids: readonly string[], cause: Cause): Promise<ErasedFromRecords> {
    const notEnded = await this.engine.erase<FulfilOrder>(tx, FULFIL_ORDER, ids, ERASED_FULFILMENT);
    if (notEnded.length > 0) return { messages: new Map(), unknown: [], notEnded };
    const messages = await this.timeline.erase(tx, ids);
    const known = await this.orders.erase(tx, ids, { correlationId: cause.correlationId, causationId: cause.id });
    for (const id of known) {
      const at = new Date(tx.now()).toISOString();
      this.timeline.record(tx, id, [
        {
          at,
          service: 'order',
          kind: 'http',
          type: 'POST /admin/erasures',
          messageId: cause.id,
          causationId: null,
          detail: null,
        },
      ]);
    }
    const found = new Set(known);
    return { messages, unknown: ids.filter((id) => !found.has(id)), notEnded };
  }
}
