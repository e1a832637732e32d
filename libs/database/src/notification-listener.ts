import { BackgroundLoop } from '@waybill/observability';

import type { ConnectionTarget } from './dedicated-connection.js';
import { GuardedClient } from './guarded-client.js';

export interface NotificationListenerOptions {
  readonly target: ConnectionTarget;
  /** Plain SQL identifier. */
  readonly channel: string;
  readonly applicationName?: string;
  readonly onNotification: (payload: string) => void;
  /** LISTEN holds (again): whatever was notified meanwhile is lost, so look for yourself. */
  readonly onListening?: () => void;
}

/** A server that accepts and then closes each connection must not be asked without a pause. */
const RECONNECT_AFTER_MS = 50;

/**
 * Listens to one channel on a connection of its own, and does so again whenever the connection was lost. Notifications
 * are hints: PostgreSQL forgets those sent meanwhile, and some poolers drop all of them.
 */
export class NotificationListener {
  readonly #options: NotificationListenerOptions;
  readonly #loop: BackgroundLoop;
  #client: GuardedClient | undefined;

  constructor(options: NotificationListenerOptions) {
    if (!/^[a-z_][a-z0-9_]*$/.test(options.channel)) throw new TypeError(`Not a plain channel: ${options.channel}`);
    this.#options = options;
    this.#loop = new BackgroundLoop({
      work: `listen to the channel ${options.channel}`,
      step: (stopping) => this.#listen(stopping),
      intervalMs: Infinity,
      backoff: { baseMs: 100, maxMs: 2_000 },
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** Repeatable. */
  async stop(): Promise<void> {
    const stopped = this.#loop.stop();
    await this.#client?.end().catch(() => {}); // what couldn't be opened, or broke, is closed
    await stopped;
  }

  /** Ends once LISTEN holds; the loss of the connection wakes the loop. */
  async #listen(stopping: AbortSignal): Promise<void> {
    if (this.#client !== undefined) return;
    const { target, channel, applicationName, onNotification, onListening } = this.#options;
    const client = new GuardedClient({
      ...target,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000, // else the system's two hours
      connectionTimeoutMillis: 5_000,
      ...(applicationName === undefined ? {} : { application_name: applicationName }),
    });
    client.on('notification', ({ payload }) => onNotification(payload ?? ''));
    this.#client = client;
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
    } catch (error) {
      this.#client = undefined;
      client.end().catch(() => {}); // it never opened
      throw error;
    }
    if (stopping.aborted) return void client.end().catch(() => {}); // stop() may have come before it was open
    // A loss is announced by 'error' and by 'end': a second wake-up would open a connection beside the one that replaces it.
    const lost = (): void => {
      if (this.#client !== client) return;
      this.#client = undefined;
      setTimeout(() => this.#loop.wake(), RECONNECT_AFTER_MS).unref();
    };
    client.once('error', lost);
    client.once('end', lost);
    onListening?.();
  }
}
