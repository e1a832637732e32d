import { Inject } from '@nestjs/common';
import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';

import { isEnded } from '../domain/order.js';
import { OrderViews } from '../persistence/order-view.postgres.js';
import { OrderWatch } from '../persistence/order-watch.js';
import type { OrderView } from '../projections/order-view.js';
import { OrderNotFoundError } from './order-not-found.error.js';

export class AwaitOrder extends Query<AwaitedOrder> {
  constructor(
    readonly orderId: string,
    /** How long to wait for the order's end, in milliseconds. */
    readonly waitMs: number,
    /** Ends the waiting: the client has gone. */
    readonly gone: AbortSignal,
    /** The order as it was a moment ago: it isn't looked up until something is heard of it. */
    readonly known?: OrderView,
  ) {
    super();
  }
}

export interface AwaitedOrder {
  readonly order: OrderView;
  /** `false`: too many clients wait, or this process ends; so it is the order as it stands. */
  readonly waited: boolean;
}

/**
 * The order once it has ended, or as it stands when the time is up. Holds no connection to the database meanwhile. An end that
 * is committed in this process costs no statement, one that another replica announces a share of one for all that are looked up together.
 * @throws OrderNotFoundError
 */
@QueryHandler(AwaitOrder)
export class AwaitOrderHandler implements IQueryHandler<AwaitOrder> {
  constructor(
    @Inject(OrderViews) private readonly views: Pick<OrderViews, 'find'>,
    private readonly watch: OrderWatch,
  ) {}

  async execute(query: AwaitOrder): Promise<AwaitedOrder> {
    const leave = this.watch.admit();
    if (!leave) return { order: query.known ?? (await this.#find(query.orderId)), waited: false };
    try {
      return { order: await this.#untilEnded(query), waited: true };
    } finally {
      leave();
    }
  }

  /** Watches before it looks, so an end in between isn't missed. */
  async #untilEnded({ orderId, waitMs, gone, known }: AwaitOrder): Promise<OrderView> {
    const deadline = performance.now() + waitMs;
    let order = known;
    let isFresh = known !== undefined;
    for (;;) {
      const leftMs = deadline - performance.now();
      const watching = this.#watch(orderId, leftMs, gone);
      try {
        if (!order || !isFresh) order = await this.#look(orderId, leftMs > 0 ? order : undefined);
        if (isEnded(order) || leftMs <= 0 || this.watch.isClosed) return order;
        const ended = await watching.ended;
        if (ended || gone.aborted) return ended ?? order;
        isFresh = false;
      } finally {
        watching.stop();
      }
    }
  }

  /** @param last stands where the order can't be read: while there is time left, another look follows. */
  async #look(orderId: string, last: OrderView | undefined): Promise<OrderView> {
    try {
      return await this.#find(orderId);
    } catch (error) {
      if (last === undefined) throw error;
      return last;
    }
  }

  async #find(orderId: string): Promise<OrderView> {
    const view = await this.views.find(orderId);
    if (!view) throw new OrderNotFoundError(orderId);
    return view;
  }

  /** `ended`: the order, or `undefined` if it must be looked up. */
  #watch(orderId: string, waitMs: number, gone: AbortSignal) {
    let stop = (): void => {};
    const ended = new Promise<OrderView | undefined>((resolve) => {
      if (waitMs <= 0 || gone.aborted) return resolve(undefined);
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
