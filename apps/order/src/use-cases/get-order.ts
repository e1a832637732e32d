import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';

import { isEnded } from '../domain/order.js';
import { OrderViews } from '../persistence/order-view.postgres.js';
import { OrderWatch } from '../persistence/order-watch.js';
import type { OrderView } from '../projections/order-view.js';
import { OrderNotFoundError } from './order-not-found.error.js';

export class GetOrder {
  constructor(
    readonly orderId: string,
    /** How long to wait for the order's end, in milliseconds; 0 = not at all. */
    readonly waitMs: number,
    /** Ends the waiting: the client has gone. */
    readonly gone: AbortSignal,
  ) {}
}

/**
 * The order, once it has ended or the time is up. Watches before it reads, so an end in between isn't missed.
 * @throws OrderNotFoundError
 */
@QueryHandler(GetOrder)
export class GetOrderHandler implements IQueryHandler<GetOrder, OrderView> {
  constructor(
    private readonly views: OrderViews,
    private readonly watch: OrderWatch,
  ) {}

  async execute({ orderId, waitMs, gone }: GetOrder): Promise<OrderView> {
    const deadline = performance.now() + waitMs;
    for (;;) {
      const leftMs = deadline - performance.now();
      const waiting = this.#watch(orderId, leftMs, gone);
      try {
        const view = await this.views.find(orderId);
        if (!view) throw new OrderNotFoundError(orderId);
        if (isEnded(view) || leftMs <= 0 || gone.aborted || this.watch.isClosed) return view;
        const ended = await waiting.ended;
        if (ended) return ended;
      } finally {
        waiting.stop();
      }
    }
  }

  /** `ended`: the order, or `undefined` if it must be looked up. */
  #watch(orderId: string, waitMs: number, gone: AbortSignal) {
    let stop = (): void => {};
    const ended = new Promise<OrderView | undefined>((resolve) => {
      if (waitMs <= 0) return resolve(undefined);
      const unwatch = this.watch.wait(orderId, resolve);
      const timer = setTimeout(resolve, waitMs, undefined);
      const onAbort = () => resolve(undefined);
      gone.addEventListener('abort', onAbort, { once: true });
      stop = () => {
        unwatch();
        clearTimeout(timer);
        gone.removeEventListener('abort', onAbort);
      };
    });
    return { ended, stop: () => stop() };
  }
}
