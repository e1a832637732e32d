/** No order has this id. */
export class OrderNotFoundError extends Error {
  readonly code = 'ORDER_NOT_FOUND';

  constructor(readonly orderId: string) {
    super(`There is no order ${orderId}`);
  }
}
