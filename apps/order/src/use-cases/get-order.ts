import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';

import { OrderViews } from '../persistence/order-view.postgres.js';
import type { OrderView } from '../projections/order-view.js';
import { OrderNotFoundError } from './order-not-found.error.js';

export class GetOrder extends Query<OrderView> {
  constructor(readonly orderId: string) {
    super();
  }
}

/** @throws OrderNotFoundError */
@QueryHandler(GetOrder)
export class GetOrderHandler implements IQueryHandler<GetOrder> {
  constructor(private readonly views: OrderViews) {}

  async execute({ orderId }: GetOrder): Promise<OrderView> {
    const view = await this.views.find(orderId);
    if (!view) throw new OrderNotFoundError(orderId);
    return view;
  }
}
