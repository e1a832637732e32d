import { setTimeout as delay } from 'node:timers/promises';

import { createDataSource, Database, migrate } from '@waybill/database';
import type { NotificationListener, Statement, Transaction } from '@waybill/database';
import { httpIdempotencyMigrations } from '@waybill/idempotency';
import type { Broker, ClaimCheck, NewMessage } from '@waybill/messaging';

import { outboxMigrations } from '../migrations/index.js';
import { resolveOptions } from '../outbox-options.js';
import type { OutboxOptions } from '../outbox-options.js';
import type { CommittedRows } from '../outbox-row.js';
import { Outbox } from '../outbox.js';
import { OutboxRelay } from '../relay/relay.js';
import { WAKE_UP_CHANNEL } from '../sql/notify.js';

/** An outbox on a real database, with any number of relays, each as if in a process of its own. */
export class OutboxHarness {
  readonly #relays: OutboxRelay[] = [];
  readonly #listeners: NotificationListener[] = [];

  private constructor(readonly database: Database) {}

  static async open(url: string): Promise<OutboxHarness> {
    const migrations = [...outboxMigrations, ...httpIdempotencyMigrations];
    const dataSource = await createDataSource({ url, migrations, poolSize: 20, queryTimeoutMs: 0 }).initialize();
    await migrate(dataSource, url);
    return new OutboxHarness(new Database(dataSource));
  }

  /** An outbox whose relay runs elsewhere, or nowhere. */
  outbox(
    options: Partial<OutboxOptions> = {},
    rows: CommittedRows = { shardFor: (_topic, hashed) => hashed, accept: () => {}, lookAgain: () => {} },
  ): Outbox {
    return new Outbox(resolveOptions({ source: '/test', ...options }), rows, this.database);
  }

  /** An outbox with its relay beside it; quick, so that tests needn't wait. */
  withRelay(
    broker: Pick<Broker, 'createPublisher'>,
    options: Partial<OutboxOptions> = {},
    claimCheck?: ClaimCheck,
  ): { outbox: Outbox; relay: OutboxRelay } {
    const quick = { pollIntervalMs: 100, leaseMs: 1_000, retryBaseMs: 10, retryMaxMs: 100, ...options.relay };
    const settings = resolveOptions({ source: '/test', ...options, relay: quick });
    if (!settings.relay) throw new TypeError('The harness needs relay settings');
    const relay = new OutboxRelay(settings, settings.relay, this.database, broker, claimCheck);
    this.#relays.push(relay);
    return { outbox: new Outbox(settings, relay, this.database, claimCheck), relay };
  }

  async add(outbox: Outbox, ...messages: readonly NewMessage[]): Promise<void> {
    await this.database.transaction(async (tx: Transaction) => outbox.add(tx, ...messages));
  }

  async sql<Result extends object>(text: string, values: readonly unknown[] = []): Promise<Result[]> {
    const statement: Statement = {
      name: `test_${Buffer.from(text).toString('base64').slice(0, 40)}_${text.length}`,
      text,
    };
    return this.database.query<Result>(statement, values);
  }

  async unpublished(): Promise<number> {
    const [row] = await this.sql<{ n: number }>('SELECT count(*)::int AS n FROM outbox WHERE published_at IS NULL');
    return row?.n ?? 0;
  }

  /** What relays are told by NOTIFY from now on, as it comes. */
  async listen(): Promise<readonly string[]> {
    const heard: string[] = [];
    await new Promise<void>((resolve) => {
      const listener = this.database.notificationListener({
        channel: WAKE_UP_CHANNEL,
        applicationName: 'test-listener',
        onNotification: (payload) => heard.push(payload),
        onListening: resolve,
      });
      listener.start();
      this.#listeners.push(listener);
    });
    return heard;
  }

  async close(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.stop()));
    await Promise.all(this.#relays.map((relay) => relay.stop()));
    await this.database.onApplicationShutdown();
  }
}

/** @throws after `timeoutMs`, so that a test fails with what it waited for. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 15_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Timed out after ${timeoutMs} ms waiting until ${what}`);
    await delay(5);
  }
}
