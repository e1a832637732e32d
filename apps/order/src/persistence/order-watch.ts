import { Injectable } from '@nestjs/common';
import { Shutdown } from '@waybill/http';

import type { OrderView } from '../projections/order-view.js';

/** Called once, with the order where this process knows it already. */
type Wake = (view: OrderView | undefined) => void;

/** Tells other replicas which orders have ended. */
export type AnnounceEnded = (orderIds: readonly string[]) => void;

/** Who waits in this process for the end of an order. Woken by commits here, and by what other replicas announce. */
@Injectable()
export class OrderWatch {
  readonly #waiting = new Map<string, Set<Wake>>();
  #announce: AnnounceEnded = () => {};

  constructor(private readonly shutdown: Shutdown) {
    shutdown.signal.addEventListener('abort', () => this.wakeAll(), { once: true });
  }

  /** This process is going down: nobody should wait any longer. */
  get isClosed(): boolean {
    return this.shutdown.begun;
  }

  announceBy(announce: AnnounceEnded): void {
    this.#announce = announce;
  }

  /** @returns how to stop waiting. */
  wait(orderId: string, wake: Wake): () => void {
    const waiting = this.#waiting.get(orderId) ?? new Set();
    this.#waiting.set(orderId, waiting.add(wake));
    return () => {
      waiting.delete(wake);
      if (waiting.size === 0 && this.#waiting.get(orderId) === waiting) this.#waiting.delete(orderId);
    };
  }

  /** Orders that ended in a transaction of this process. */
  committed(views: readonly OrderView[]): void {
    if (views.length === 0) return;
    for (const view of views) this.#wake(view.id, view);
    this.#announce(views.map(({ id }) => id));
  }

  /** Orders that another replica has ended: those who wait look them up. */
  announced(orderIds: readonly string[]): void {
    for (const id of orderIds) this.#wake(id, undefined);
  }

  /** Something may have been missed: those who wait look again. */
  wakeAll(): void {
    this.announced([...this.#waiting.keys()]);
  }

  #wake(orderId: string, view: OrderView | undefined): void {
    const waiting = this.#waiting.get(orderId);
    this.#waiting.delete(orderId);
    for (const wake of waiting ?? []) wake(view);
  }
}
