import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';

import { Erasures } from '../persistence/erasures.postgres.js';
import type { ErasedOrder, Erasure } from '../persistence/erasures.postgres.js';

export class ListErasures extends Query<readonly Erasure[]> {
  constructor(
    readonly limit: number,
    /** Only those that somebody has yet to confirm. */
    readonly pending: boolean,
    /** Continues after the erasure with this id. */
    readonly before?: string,
  ) {
    super();
  }
}

/** Newest first. */
@QueryHandler(ListErasures)
export class ListErasuresHandler implements IQueryHandler<ListErasures> {
  constructor(private readonly erasures: Erasures) {}

  execute({ limit, pending, before }: ListErasures): Promise<readonly Erasure[]> {
    return this.erasures.list(limit, { pending, before });
  }
}

export class ListErasedOrders extends Query<readonly ErasedOrder[]> {
  constructor(
    readonly limit: number,
    /** Continues after the order with this id. */
    readonly after?: string,
  ) {
    super();
  }
}

/** By their ids. */
@QueryHandler(ListErasedOrders)
export class ListErasedOrdersHandler implements IQueryHandler<ListErasedOrders> {
  constructor(private readonly erasures: Erasures) {}

  execute({ limit, after }: ListErasedOrders): Promise<readonly ErasedOrder[]> {
    return this.erasures.listOrders(limit, after);
  }
}
