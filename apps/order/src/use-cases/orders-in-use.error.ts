/** Why an order can't be erased yet. */
export interface OrderInUse {
  readonly orderId: string;
  readonly because: 'NOT_ENDED' | 'LETTER_OPEN' | 'UNPUBLISHED';
}

/** What orders say of the customer is still needed. Nothing was erased, of no order. */
export class OrdersInUseError extends Error {
  readonly code = 'ORDERS_IN_USE';

  constructor(readonly orders: readonly OrderInUse[]) {
    super('Orders of the customer are under way; erase again once they have ended and their letters are settled');
  }
}
