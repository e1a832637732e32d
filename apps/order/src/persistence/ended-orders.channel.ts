import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '@waybill/database';
import type { NotificationListener, Statement } from '@waybill/database';
import { newId } from '@waybill/observability';

import { OrderWatch } from './order-watch.js';

const CHANNEL = 'order_ended';
/** NOTIFY serialises commits for a moment: not more often than this, and not within the business transaction. */
const INTERVAL_MS = 20;
/** A payload must stay below 8,000 bytes; an id takes 37. */
const IDS_PER_NOTIFICATION = 200;

const announce: Statement = {
  name: 'order_announce_ended',
  text: `SELECT pg_notify('${CHANNEL}', payload) FROM unnest($1::text[]) AS payload`,
};

/**
 * Tells the other replicas which orders have ended, and hears it from them, over LISTEN and NOTIFY. Only a hint: while it is lost,
 * who waits at another replica finds out at the next look of `OrderWatch`. Whenever LISTEN holds again, all waiting clients
 * are checked once (F58).
 */
@Injectable()
export class EndedOrdersChannel implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #replica = newId();
  readonly #listener: NotificationListener;
  #pending: string[] = [];
  #flushTimer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    private readonly watch: OrderWatch,
    private readonly database: Database,
  ) {
    this.#listener = database.notificationListener({
      channel: CHANNEL,
      applicationName: 'order-ended',
      onNotification: (payload) => this.#heard(payload),
      onListening: () => this.watch.wakeAll(),
    });
  }

  onApplicationBootstrap(): void {
    this.watch.announceBy((orderIds) => this.#announce(orderIds));
    this.#listener.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#flushTimer);
    await this.#flush();
    await this.#listener.stop();
  }

  #announce(orderIds: readonly string[]): void {
    this.#pending.push(...orderIds);
    if (this.#stopped) return;
    this.#flushTimer ??= setTimeout(() => void this.#flush(), INTERVAL_MS);
  }

  async #flush(): Promise<void> {
    this.#flushTimer = undefined;
    const ids = this.#pending;
    this.#pending = [];
    const payloads: string[] = [];
    for (let start = 0; start < ids.length; start += IDS_PER_NOTIFICATION) {
      payloads.push([this.#replica, ...ids.slice(start, start + IDS_PER_NOTIFICATION)].join(','));
    }
    if (payloads.length === 0) return;
    await this.database.query(announce, [payloads]).catch(() => {}); // the others look again once they listen again
  }

  #heard(payload: string): void {
    const [replica, ...orderIds] = payload.split(',');
    if (replica !== this.#replica) this.watch.announced(orderIds);
  }
}
