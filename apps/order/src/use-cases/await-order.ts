import { Inject } from '@nestjs/common';
import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { unlessOver } from '@waybill/observability';

import { isEnded } from '../domain/order.js';
import { OrderViews } from '../persistence/order-view.postgres.js';
import { OrderWatch } from '../persistence/order-watch.js';
import type { OrderView } from '../projections/order-view.js';
import { OrderNotFoundError } from './order-not-found.error.js';
import { WaitEndedError } from './wait-ended.error.js';

/** So long before the time is up, those who wait look once more: the answer to it comes in time. */
const LAST_LOOK_MS = 100;

/** The order that has ended; `look`: it may have; `time is up`: it is looked at for the last time, or answered as it stands. */
type News = OrderView | 'look' | 'time is up';

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
 * An order that is known is answered in time also where the database doesn't answer, and at once where this process ends: as it is known.
 * @throws OrderNotFoundError, WaitEndedError
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

  /** Watches before it looks, so an end in between isn't missed. Once an order is known, no look holds up the answer. */
  async #untilEnded({ orderId, waitMs, gone, known }: AwaitOrder): Promise<OrderView> {
    const deadline = performance.now() + waitMs;
    let until = deadline - LAST_LOOK_MS;
    let order = known;
    let isFresh = known !== undefined;
    for (;;) {
      const watching = this.#watch(orderId, until - performance.now(), gone);
      try {
        if (!isFresh) {
          const look = this.#look(orderId, watching.news, order && deadline - performance.now(), gone);
          const isFollowedByAnother = order !== undefined && until < deadline;
          order = (await (isFollowedByAnother ? look.catch(() => undefined) : look)) ?? order;
        }
        if (!order) throw new WaitEndedError(orderId);
        const news = isEnded(order) ? order : await watching.news;
        if (typeof news === 'object') return news;
        if (gone.aborted || this.watch.isClosed || (news === 'time is up' && until === deadline)) return order;
        if (news === 'time is up') until = deadline;
        isFresh = false;
      } finally {
        watching.stop();
      }
    }
  }

  /** @returns `undefined`: given up, as `leftMs` are over, the client has gone or this process ends. */
  async #look(
    orderId: string,
    news: Promise<News>,
    leftMs: number | undefined,
    gone: AbortSignal,
  ): Promise<OrderView | undefined> {
    const signals = [gone, this.watch.closing];
    if ((leftMs !== undefined && leftMs <= 0) || signals.some(({ aborted }) => aborted)) return undefined;
    const look = this.#find(orderId);
    const first = Promise.race([look, news.then((heard) => (typeof heard === 'object' ? heard : look))]);
    return unlessOver(first, { timeoutMs: leftMs, signals });
  }

  async #find(orderId: string): Promise<OrderView> {
    const view = await this.views.find(orderId);
    if (!view) throw new OrderNotFoundError(orderId);
    return view;
  }

  /** `news`: the first that is heard. */
  #watch(orderId: string, waitMs: number, gone: AbortSignal) {
    let stop = (): void => {};
    const news = new Promise<News>((resolve) => {
      const onTime = (): void => resolve('time is up');
      if (waitMs <= 0 || gone.aborted) return onTime();
      const unwatch = this.watch.wait(orderId, (view) => resolve(view ?? 'look'));
      const timer = setTimeout(onTime, waitMs);
      gone.addEventListener('abort', onTime, { once: true });
      stop = () => {
        unwatch();
        clearTimeout(timer);
        gone.removeEventListener('abort', onTime);
      };
    });
    return { news, stop: () => stop() };
  }
}
