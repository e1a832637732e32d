import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';

import { CustomerOrders, customerOrders } from '../persistence/customer-orders.postgres.js';
import type { CustomerOrderFilter } from '../persistence/customer-orders.postgres.js';
import { orderEventStore } from '../persistence/order-event-store.js';
import { OrderProjections } from '../persistence/order-projections.js';
import type { CustomerOrder } from '../projections/customer-order.js';
import { PositionUnknownError, ProjectionBehindError } from './projection-position.errors.js';

/** What a client has seen, and wants to find in a list. */
export interface SeenEvent {
  readonly orderId: string;
  readonly version: number;
  /** How long it waits for it at most. */
  readonly waitMs: number;
  /** Aborted when nobody waits any longer. */
  readonly signal: AbortSignal;
}

export class ListCustomerOrders extends Query<readonly CustomerOrder[]> {
  constructor(
    readonly filter: CustomerOrderFilter,
    readonly seen: SeenEvent | undefined,
  ) {
    super();
  }
}

/** Newest first. @throws ProjectionBehindError, PositionUnknownError */
@QueryHandler(ListCustomerOrders)
export class ListCustomerOrdersHandler implements IQueryHandler<ListCustomerOrders> {
  constructor(
    private readonly orders: CustomerOrders,
    private readonly projections: OrderProjections,
  ) {}

  async execute({ filter, seen }: ListCustomerOrders): Promise<readonly CustomerOrder[]> {
    if (seen) await this.#waitFor(seen);
    return this.orders.list(filter);
  }

  async #waitFor({ orderId, version, waitMs, signal }: SeenEvent): Promise<void> {
    const event = { stream: orderEventStore.stream, id: orderId, version };
    const outcome = await this.projections.waitFor(customerOrders.name, event, waitMs, signal);
    if (outcome === 'unknown') throw new PositionUnknownError();
    if (outcome === 'behind') throw new ProjectionBehindError();
  }
}
