import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Transaction } from '@waybill/database';
import type { Cause, ReceivedMessage } from '@waybill/messaging';
import { SagaEngine } from '@waybill/saga';
import type { SagaCancellation, SagaDefinition, SagaListener, SagaProgress } from '@waybill/saga';

import type { OrderPlaced } from '../domain/order.events.js';
import { Orders } from '../persistence/orders.postgres.js';
import { Timeline } from '../persistence/timeline.postgres.js';
import { eventEntry, progressEntries } from '../projections/timeline-of-progress.js';
import { FULFIL_ORDER } from './fulfil-order.saga.js';
import { concernsOrder, orderEventsOf } from './order-events-of.js';

/** The definition that new orders start with. */
export const FULFIL_ORDER_DEFINITION = Symbol('order:fulfil-order-definition');

/**
 * Keeps an order in step with its fulfilment: whatever moves the saga (an answer, a deadline, an operator) changes the
 * order, its read model and its timeline in the same transaction.
 */
@Injectable()
export class Fulfilment implements SagaListener {
  readonly #logger = new Logger(Fulfilment.name);

  constructor(
    private readonly engine: SagaEngine,
    private readonly orders: Orders,
    private readonly timeline: Timeline,
    @Inject(FULFIL_ORDER_DEFINITION) private readonly definition: SagaDefinition,
  ) {}

  start(tx: Transaction, { data: order }: OrderPlaced, cause: Cause): void {
    const progress = this.engine.start(tx, this.definition, {
      id: order.orderId,
      data: {
        orderId: order.orderId,
        customerId: order.customerId,
        items: order.items.map(({ sku, quantity }) => ({ sku, quantity })),
        total: order.total,
        shippingAddress: order.shippingAddress,
        paymentMethod: order.paymentMethod,
      },
      cause,
    });
    this.timeline.record(tx, order.orderId, progressEntries(progress, this.definition, cause.id));
  }

  /** Takes a batch of answers: one statement loads all sagas, one all orders that change. */
  async answered(tx: Transaction, messages: readonly ReceivedMessage[]): Promise<void> {
    const { progress, orphans } = await this.engine.handle(tx, messages);
    for (const { envelope } of orphans) {
      const { id: messageId, type, subject } = envelope;
      this.#logger.warn({ message: 'An answer belongs to no order of this service', messageId, type, subject });
    }
    await this.sagasProgressed(tx, progress);
  }

  /** @param causationId of the request that caused it, where no message did */
  async sagasProgressed(tx: Transaction, progress: readonly SagaProgress[], causationId?: string): Promise<void> {
    await this.orders.load(
      tx,
      progress.filter(({ transitions }) => transitions.some(concernsOrder)).map(({ id }) => id),
    );
    for (const one of progress) await this.#follow(tx, one, one.message?.envelope.id ?? causationId);
  }

  /** Asks the saga to turn round. Holds the saga's lock from here on, so that the pivot can't pass meanwhile. */
  turnRound(tx: Transaction, orderId: string, reason: string, cause: Cause): Promise<SagaCancellation> {
    return this.engine.cancel(tx, FULFIL_ORDER, orderId, reason, cause);
  }

  async #follow(tx: Transaction, progress: SagaProgress, causationId: string | undefined): Promise<void> {
    const { id, message, transitions, instance } = progress;
    if (message) this.timeline.record(tx, id, [eventEntry(message)]);
    this.timeline.record(tx, id, progressEntries(progress, this.definition, causationId ?? null));
    for (const transition of transitions.filter(concernsOrder)) {
      const order = (await this.orders.load(tx, [id])).get(id); // held already: no statement
      if (!order) continue;
      this.orders.apply(tx, id, orderEventsOf(order, transition), {
        ...(instance.correlationId === undefined ? {} : { correlationId: instance.correlationId }),
        ...(causationId === undefined ? {} : { causationId }),
      });
    }
  }
}
