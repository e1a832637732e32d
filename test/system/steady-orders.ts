import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { OrderBody } from './api.js';
import type { RunningSystem } from './running-system.js';

const EVERY_MS = 200;
/** Every so many is declined. */
const DECLINED_EACH = 5;

export interface EndedOrder {
  readonly id: string;
  readonly expected: OrderBody['status'];
  readonly status: OrderBody['status'];
  readonly placedAt: number;
  /** From its placing to its end, in milliseconds. */
  readonly tookMs: number;
}

/** Places an order every 0.2 s, however long those before it take, and watches each until it has ended. */
export class SteadyOrders {
  readonly #orders: Promise<EndedOrder>[] = [];
  readonly #placing: Promise<void>;
  #isStopped = false;

  /** @param most orders, however late it is stopped */
  constructor(
    private readonly system: RunningSystem,
    private readonly most: number,
  ) {
    this.#placing = this.#place();
  }

  get placed(): number {
    return this.#orders.length;
  }

  /** No more are placed. @returns all that were, once they have ended */
  async stop(): Promise<readonly EndedOrder[]> {
    this.#isStopped = true;
    await this.#placing;
    return Promise.all(this.#orders);
  }

  async #place(): Promise<void> {
    for (let number = 0; number < this.most && !this.#isStopped; number++) {
      const order = this.#watch(number % DECLINED_EACH === 0);
      order.catch(() => {}); // `stop` says so
      this.#orders.push(order);
      await sleep(EVERY_MS);
    }
  }

  async #watch(isDeclined: boolean): Promise<EndedOrder> {
    const placedAt = performance.now();
    const answer = await this.system.place(
      { paymentMethod: isDeclined ? 'pm_card_declined' : 'pm_card_ok' },
      { 'idempotency-key': randomUUID() },
    );
    if (answer.status !== 201) throw new Error(`POST /orders answered ${answer.status}: ${answer.text}`);
    const { id, status } = await this.system.ended(answer.body.id, 180_000);
    const expected = isDeclined ? 'REJECTED' : 'FULFILLED';
    return { id, expected, status, placedAt, tookMs: performance.now() - placedAt };
  }
}
