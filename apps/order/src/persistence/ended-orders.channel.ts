import { Inject, Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { newId } from '@waybill/observability';
import { Client } from 'pg';

import { OrderWatch } from './order-watch.js';

export interface EndedOrdersOptions {
  /** URL of the service's database. */
  readonly databaseUrl: string;
}

export const ENDED_ORDERS_OPTIONS = Symbol('order:ended-orders-options');

const CHANNEL = 'order_ended';
/** NOTIFY serialises commits for a moment: not more often than this, and not within the business transaction. */
const INTERVAL_MS = 20;
/** A payload must stay below 8,000 bytes; an id takes 37. */
const IDS_PER_NOTIFICATION = 200;
const RECONNECT_AFTER_MS = 500;

/**
 * Tells the other replicas which orders have ended, and hears it from them, over LISTEN and NOTIFY on a connection of its
 * own. Only a hint: a client that waits at another replica while it is lost gets its answer at the end of its time. After
 * every reconnection all waiting clients are looked after once (F58).
 */
@Injectable()
export class EndedOrdersChannel implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(EndedOrdersChannel.name);
  readonly #replica = newId();
  #pending: string[] = [];
  #client: Client | undefined;
  #flushTimer: NodeJS.Timeout | undefined;
  #reconnectTimer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    private readonly watch: OrderWatch,
    @Inject(ENDED_ORDERS_OPTIONS) private readonly options: EndedOrdersOptions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.watch.announceBy((orderIds) => this.#announce(orderIds));
    await this.#connect();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#reconnectTimer);
    clearTimeout(this.#flushTimer);
    await this.#flush();
    await this.#client?.end().catch(() => {});
  }

  async #connect(): Promise<void> {
    const client = new Client({ connectionString: this.options.databaseUrl, keepAlive: true });
    client.on('error', (error) => this.#lost(client, error));
    client.on('end', () => this.#lost(client, undefined));
    client.on('notification', ({ payload }) => this.#heard(payload ?? ''));
    this.#client = client;
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      this.watch.wakeAll();
    } catch (error) {
      this.#lost(client, error);
    }
  }

  #lost(client: Client, error: unknown): void {
    if (client !== this.#client || this.#stopped) return;
    this.#client = undefined;
    this.#logger.warn({ message: 'Lost the connection that hears of ended orders', err: error });
    void client.end().catch(() => {});
    this.#reconnectTimer = setTimeout(() => void this.#connect(), RECONNECT_AFTER_MS);
    this.#reconnectTimer.unref();
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
    const client = this.#client;
    if (!client) return; // nobody hears; the others look again when they have reconnected
    const payloads: string[] = [];
    for (let start = 0; start < ids.length; start += IDS_PER_NOTIFICATION) {
      payloads.push([this.#replica, ...ids.slice(start, start + IDS_PER_NOTIFICATION)].join(','));
    }
    if (payloads.length === 0) return;
    await client
      .query(`SELECT pg_notify('${CHANNEL}', payload) FROM unnest($1::text[]) AS payload`, [payloads])
      .catch(() => {}); // the connection's own error handler reports it
  }

  #heard(payload: string): void {
    const [replica, ...orderIds] = payload.split(',');
    if (replica !== this.#replica) this.watch.announced(orderIds);
  }
}
