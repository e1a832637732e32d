import { Injectable } from '@nestjs/common';
import { Shutdown } from '@waybill/http';
import { Metrics } from '@waybill/observability';

import type { OrderView } from '../projections/order-view.js';

/** Called once, with the order where this process knows it already. */
type Wake = (view: OrderView | undefined) => void;

/** Tells other replicas which orders have ended. */
export type AnnounceEnded = (orderIds: readonly string[]) => void;

/** Each holds a connection: half of those that a service takes (2,000) are left for everything else. */
const MAX_CLIENTS = 1_000;
/** The truth behind all hints: whoever still waits looks again, all of them in a few statements. */
const LOOK_AGAIN_MS = 2_000;

/** Who waits in this process for the end of an order. Woken by commits here, and by what other replicas announce. */
@Injectable()
export class OrderWatch {
  readonly #waiting = new Map<string, Set<Wake>>();
  #clients = 0;
  #lookAgain: NodeJS.Timeout | undefined;
  #announce: AnnounceEnded = () => {};
  readonly #refused;

  constructor(
    private readonly shutdown: Shutdown,
    metrics: Metrics,
  ) {
    shutdown.signal.addEventListener('abort', () => this.wakeAll(), { once: true });
    metrics.gauge('waybill_order_clients_waiting', 'Clients that wait for the end of an order', [], (gauge) =>
      gauge.set(this.#clients),
    );
    this.#refused = metrics.counter('waybill_order_waits_refused_total', 'Waits refused because too many clients wait');
  }

  /** This process is going down: nobody should wait any longer. */
  get isClosed(): boolean {
    return this.closing.aborted;
  }

  get closing(): AbortSignal {
    return this.shutdown.signal;
  }

  announceBy(announce: AnnounceEnded): void {
    this.#announce = announce;
  }

  /** Asks for one more client to wait. @returns how it leaves; `undefined`: too many wait already, or this process ends. */
  admit(): (() => void) | undefined {
    if (this.isClosed) return undefined;
    if (this.#clients >= MAX_CLIENTS) {
      this.#refused.inc();
      return undefined;
    }
    this.#clients += 1;
    this.#lookAgain ??= setInterval(() => this.wakeAll(), LOOK_AGAIN_MS).unref();
    return () => {
      this.#clients -= 1;
      if (this.#clients > 0) return;
      clearInterval(this.#lookAgain);
      this.#lookAgain = undefined;
    };
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
