import { Command, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { Transaction } from '@waybill/database';
import { newId } from '@waybill/observability';

import { placeOrder } from '../domain/place-order.js';
import type { OrderDraft } from '../domain/place-order.js';
import { Catalogue } from '../persistence/catalogue.postgres.js';
import { Orders } from '../persistence/orders.postgres.js';
import { Timeline } from '../persistence/timeline.postgres.js';
import { toOrderView } from '../projections/order-view.js';
import type { OrderView } from '../projections/order-view.js';
import { Fulfilment } from '../sagas/fulfilment.js';
import { requestCause } from './request-cause.js';

export class PlaceOrder extends Command<OrderView> {
  constructor(
    readonly draft: OrderDraft,
    readonly tx: Transaction,
  ) {
    super();
  }
}

/**
 * Accepts an order: its events, its read model, its saga with the first command, and its timeline commit together, in the
 * caller's transaction. Where the prices are at hand no statement waits for another: all of them travel with COMMIT.
 * @throws UnknownSkuError, AmountTooLargeError, CurrencyMismatchError
 */
@CommandHandler(PlaceOrder)
export class PlaceOrderHandler implements ICommandHandler<PlaceOrder> {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly orders: Orders,
    private readonly fulfilment: Fulfilment,
    private readonly timeline: Timeline,
  ) {}

  async execute({ draft, tx }: PlaceOrder): Promise<OrderView> {
    const prices = await this.catalogue.pricesOf(
      tx,
      draft.items.map(({ sku }) => sku),
    );
    const cause = requestCause();
    const now = tx.now();
    const at = new Date(now).toISOString();
    // The id carries the time of placing: lists are ordered by it alone.
    const placed = placeOrder(newId(now), draft, prices, at);
    const { orderId } = placed.data;
    const order = this.orders.place(tx, placed, { correlationId: cause.correlationId, causationId: cause.id });
    this.timeline.record(tx, orderId, [
      {
        at,
        service: 'order',
        kind: 'http',
        type: 'POST /orders',
        messageId: cause.id,
        causationId: null,
        detail: { total: order.total, lines: order.items.length },
      },
    ]);
    this.fulfilment.start(tx, placed, cause);
    return toOrderView(order);
  }
}
