import type { Money } from '../domain/money.js';
import type { Order, OrderStatus } from '../domain/order.js';

/** An order in its customer's history. */
export interface CustomerOrder {
  readonly orderId: string;
  readonly status: OrderStatus;
  /** Of all products together. */
  readonly units: number;
  readonly total: Money;
  readonly placedAt: string;
  readonly updatedAt: string;
  readonly failureCode?: string;
}

export function toCustomerOrder({ id, status, items, total, placedAt, updatedAt, failure }: Order): CustomerOrder {
  return {
    orderId: id,
    status,
    units: items.reduce((sum, { quantity }) => sum + quantity, 0),
    total,
    placedAt,
    updatedAt,
    ...(failure === undefined ? {} : { failureCode: failure.code }),
  };
}
