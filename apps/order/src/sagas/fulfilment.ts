import { Injectable } from '@nestjs/common';
import { ShipmentCreated } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { publishedId } from '@waybill/messaging';
import type { Cause, ReceivedMessage } from '@waybill/messaging';
import { SagaEngine } from '@waybill/saga';
import type { LostSaga, SagaCancellation, SagaInstance, SagaListener, SagaProgress } from '@waybill/saga';

import { ERASED } from '../domain/erasure.js';
import type { OrderPlaced, OrderRecovered } from '../domain/order.events.js';
import { UNKNOWN_CUSTOMER } from '../domain/order.js';
import { Orders } from '../persistence/orders.postgres.js';
import { Timeline } from '../persistence/timeline.postgres.js';
import { eventEntry, progressEntries, withoutWords } from '../projections/timeline-of-progress.js';
import { ERASED_FULFILMENT, FULFIL_ORDER } from './fulfil-order.saga.js';
import type { FulfilOrder } from './fulfil-order.saga.js';
import { concernsOrder, orderEventsOf } from './order-events-of.js';

/**
 * Keeps an order in step with its fulfilment: whatever moves the saga (an answer, a deadline, an operator) changes the
 * order, its read model and its timeline in the same transaction.
 */
@Injectable()
export class Fulfilment implements SagaListener {
  constructor(
    private readonly engine: SagaEngine,
    private readonly orders: Orders,
    private readonly timeline: Timeline,
  ) {}

  start(tx: Transaction, { data: order }: OrderPlaced, cause: Cause): void {
    const progress = this.engine.start(tx, FULFIL_ORDER, {
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
    this.timeline.record(tx, order.orderId, progressEntries(progress, cause.id));
  }

  /**
   * Recovers the fulfilment of an order that was placed (again) in this transaction: it is fulfilled where it had been, else undone.
   * @throws SagaExistsError
   */
  async recover(
    tx: Transaction,
    { data: order }: OrderRecovered,
    lost: Pick<LostSaga<unknown>, 'answers' | 'by' | 'reason' | 'cause'>,
  ): Promise<SagaProgress> {
    const { orderId, items, total } = order;
    const data: FulfilOrder = {
      orderId,
      customerId: UNKNOWN_CUSTOMER,
      items: items.map(({ sku, quantity }) => ({ sku, quantity })),
      total,
      // Only commands that have been sent already would need these.
      shippingAddress: { name: '', line1: '', city: '', postalCode: '', country: '' },
      paymentMethod: '',
      isRecovered: true,
    };
    const progress = await this.engine.recover<FulfilOrder>(tx, FULFIL_ORDER, { ...lost, id: orderId, data });
    await this.sagasProgressed(tx, [progress], lost.cause.id);
    return progress;
  }

  /** An order changes when its fulfilment turns round, which is rare, or is about to end. */
  async readAhead(tx: Transaction, replies: readonly ReceivedMessage[]): Promise<void> {
    const passing = replies.filter(({ envelope }) => envelope.type === ShipmentCreated.type);
    if (passing.length > 0)
      await this.orders.load(
        tx,
        passing.flatMap(({ key }) => key ?? []),
      );
  }

  /**
   * One statement loads all orders that change. What comes late to an order whose customer is erased brings nothing of them back.
   * @param causationId of the request that caused it, where no message did
   */
  async sagasProgressed(tx: Transaction, progress: readonly SagaProgress[], causationId?: string): Promise<void> {
    const changing = progress.filter(({ transitions }) => transitions.some(concernsOrder));
    await this.orders.load(
      tx,
      changing.map(({ id }) => id),
    );
    for (const one of progress) this.#follow(tx, one, one.message ? publishedId(one.message.envelope) : causationId);
    const erased = progress.filter(({ transitions, instance }) => transitions.length > 0 && isErased(instance));
    if (erased.length === 0) return;
    const ids = erased.map(({ id }) => id);
    await this.engine.erase(tx, FULFIL_ORDER, ids, ERASED_FULFILMENT); // of those that have ended
  }

  /** Asks the saga to turn round. Holds the saga's lock from here on, so that the pivot can't pass meanwhile. */
  turnRound(tx: Transaction, orderId: string, reason: string, cause: Cause): Promise<SagaCancellation> {
    return this.engine.cancel(tx, FULFIL_ORDER, orderId, reason, cause);
  }

  #follow(tx: Transaction, progress: SagaProgress, causationId: string | undefined): void {
    const { id, message, transitions, instance } = progress;
    const entries = [
      ...(message ? [eventEntry(message, tx.now())] : []),
      ...progressEntries(progress, causationId ?? null),
    ];
    this.timeline.record(tx, id, isErased(instance) ? entries.map(withoutWords) : entries);
    for (const transition of transitions.filter(concernsOrder)) {
      this.orders.decide(tx, id, (order) => orderEventsOf(order, transition), {
        ...(instance.correlationId === undefined ? {} : { correlationId: instance.correlationId }),
        ...(causationId === undefined ? {} : { causationId }),
      });
    }
  }
}

function isErased({ data }: SagaInstance): boolean {
  return (data as FulfilOrder).customerId === ERASED; // started with data of this type
}
