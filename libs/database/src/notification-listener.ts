import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

import type { ConnectionTarget } from './dedicated-connection.js';

export interface NotificationListenerOptions {
  readonly target: ConnectionTarget;
  /** Plain SQL identifier. */
  readonly channel: string;
  readonly applicationName?: string;
  readonly onNotification: (payload: string) => void;
  /** LISTEN holds (again): whatever was notified meanwhile is lost, so look for yourself. */
  readonly onListening?: () => void;
  /** The connection was lost or couldn't be opened; it is opened again after a moment. */
  readonly onLost?: (error: Error) => void;
}

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 2_000;

/**
 * Listens to one channel on a connection of its own, and does so again whenever the connection was lost. Notifications
 * are hints: PostgreSQL forgets those sent meanwhile, and some poolers drop all of them.
 */
export class NotificationListener {
  readonly #options: NotificationListenerOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #client: Client | undefined;

  constructor(options: NotificationListenerOptions) {
    if (!/^[a-z_][a-z0-9_]*$/.test(options.channel)) throw new TypeError(`Not a plain channel: ${options.channel}`);
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Repeatable. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#client?.end().catch(() => {});
    await this.#running;
  }

  async #run(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!this.#stop.signal.aborted) {
      try {
        await this.#listenUntilLost(() => (retryMs = FIRST_RETRY_MS));
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#options.onLost?.(error instanceof Error ? error : new Error(String(error)));
      }
      await delay(retryMs, undefined, { signal: this.#stop.signal }).catch(() => {}); // aborted = stop now
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    }
  }

  async #listenUntilLost(onListening: () => void): Promise<void> {
    const { target, channel, applicationName, onNotification } = this.#options;
    const client = new Client({
      ...target,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      ...(applicationName === undefined ? {} : { application_name: applicationName }),
    });
    const lost = new Promise<Error>((resolve) => {
      client.on('error', resolve);
      client.on('end', () => resolve(new Error('Connection terminated')));
    });
    client.on('notification', ({ payload }) => onNotification(payload ?? ''));
    this.#client = client;
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
      if (this.#stop.signal.aborted) return;
      onListening();
      this.#options.onListening?.();
      throw await lost;
    } finally {
      client.end().catch(() => {});
    }
  }
}
