import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';

import { OrderViews } from '../persistence/order-view.postgres.js';
import type { OrderFilter } from '../persistence/order-view.postgres.js';
import type { OrderView } from '../projections/order-view.js';

export class ListOrders {
  constructor(readonly filter: OrderFilter) {}
}

/** Newest first. */
@QueryHandler(ListOrders)
export class ListOrdersHandler implements IQueryHandler<ListOrders, readonly OrderView[]> {
  constructor(private readonly views: OrderViews) {}

  execute({ filter }: ListOrders): Promise<readonly OrderView[]> {
    return this.views.list(filter);
  }
}
