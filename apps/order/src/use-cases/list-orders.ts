import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';

import { OrderViews } from '../persistence/order-view.postgres.js';
import type { OrderFilter } from '../persistence/order-view.postgres.js';
import type { OrderView } from '../projections/order-view.js';

export class ListOrders extends Query<readonly OrderView[]> {
  constructor(readonly filter: OrderFilter) {
    super();
  }
}

/** Newest first. */
@QueryHandler(ListOrders)
export class ListOrdersHandler implements IQueryHandler<ListOrders> {
  constructor(private readonly views: OrderViews) {}

  execute({ filter }: ListOrders): Promise<readonly OrderView[]> {
    return this.views.list(filter);
  }
}
