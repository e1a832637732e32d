import { Command, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { Transaction } from '@waybill/database';

import { requestCancellation } from '../domain/order.js';
import { Orders } from '../persistence/orders.postgres.js';
import { Timeline } from '../persistence/timeline.postgres.js';
import { toOrderView } from '../projections/order-view.js';
import type { OrderView } from '../projections/order-view.js';
import { Fulfilment } from '../sagas/fulfilment.js';
import { OrderNotFoundError } from './order-not-found.error.js';
import { requestCause } from './request-cause.js';

export class CancelOrder extends Command<OrderView> {
  constructor(
    readonly orderId: string,
    readonly reason: string,
    readonly tx: Transaction,
    /** The operator who cancels in the customer's stead. */
    readonly by?: string,
  ) {
    super();
  }
}

/**
 * The customer cancels, or an operator for them: fulfilment turns round and undoes what was done. The saga's row is locked first, so either the
 * pivot has passed and this is refused, or it never will.
 * @throws OrderNotFoundError, OrderEndedError
 */
@CommandHandler(CancelOrder)
export class CancelOrderHandler implements ICommandHandler<CancelOrder> {
  constructor(
    private readonly orders: Orders,
    private readonly fulfilment: Fulfilment,
    private readonly timeline: Timeline,
  ) {}

  async execute({ orderId, reason, tx, by }: CancelOrder): Promise<OrderView> {
    const cause = requestCause();
    const cancellation = await this.fulfilment.turnRound(tx, orderId, reason, cause);
    const order = (await this.orders.load(tx, [orderId])).get(orderId);
    if (cancellation.outcome === 'unknown' || !order) throw new OrderNotFoundError(orderId);
    const { progress } = cancellation;
    const at = new Date(tx.now()).toISOString();
    const step = progress.instance.failure?.step ?? progress.instance.step;
    const events = requestCancellation(order, { step, reason, at });
    if (events.length === 0) return toOrderView(order);
    const { id: messageId, correlationId } = cause;
    this.timeline.record(tx, orderId, [
      {
        at,
        service: 'order',
        kind: 'http',
        type: by === undefined ? 'POST /orders/{id}/cancel' : 'POST /admin/sagas/{orderId}/cancel',
        messageId,
        causationId: null,
        detail: by === undefined ? { reason } : { reason, by },
      },
    ]);
    const cancelled = this.orders.apply(tx, orderId, events, { correlationId, causationId: messageId });
    await this.fulfilment.sagasProgressed(tx, [progress], messageId);
    return toOrderView(cancelled);
  }
}
