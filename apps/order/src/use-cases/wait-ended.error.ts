/** The wait for an order ended before the order was read: this process ends, or the client has gone. */
export class WaitEndedError extends Error {
  readonly code = 'WAIT_ENDED';

  constructor(readonly orderId: string) {
    super(`This process ends, and has not read order ${orderId} yet; ask again`);
  }
}
