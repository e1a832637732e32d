import type { Money } from '../domain/money.js';
import type { OrderFailure, OrderLine } from '../domain/order.events.js';
import type { Order, OrderStatus } from '../domain/order.js';

/** An order as clients see it. */
export interface OrderView {
  readonly id: string;
  readonly status: OrderStatus;
  readonly customerId: string;
  readonly items: readonly OrderLine[];
  readonly total: Money;
  readonly placedAt: string;
  readonly updatedAt: string;
  readonly failure?: OrderFailure;
}

/** What the read model holds of an aggregate's state. */
export function toOrderView({ id, status, customerId, items, total, placedAt, updatedAt, failure }: Order): OrderView {
  return {
    id,
    status,
    customerId,
    items,
    total,
    placedAt,
    updatedAt,
    ...(failure === undefined ? {} : { failure }),
  };
}
