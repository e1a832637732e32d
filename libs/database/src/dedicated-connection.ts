import type { Client } from 'pg';

import { GuardedClient } from './guarded-client.js';
import type { GuardedClientConfig } from './guarded-client.js';
import { markOwnError } from './own-errors.js';
import { preparedQuery } from './prepared-query.js';
import type { Row, Statement } from './statement.js';

export interface DedicatedConnectionOptions {
  /** `application_name`. */
  readonly applicationName?: string;
  /** Run on each new connection before anything else, e.g. `SET`. @default none */
  readonly setUp?: readonly string[];
  /** Milliseconds after which a statement without an answer ends the connection. @default 30000 */
  readonly queryTimeoutMs?: number;
}

/** How `pg` is told where to connect. */
export type ConnectionTarget = GuardedClientConfig;

/**
 * One connection outside the pool, for background work that must neither wait for business transactions nor hold one up.
 * Opened by the first statement; one that is lost is replaced at the next statement. Statements are pipelined, in order.
 */
export class DedicatedConnection {
  readonly #target: ConnectionTarget;
  readonly #options: DedicatedConnectionOptions;
  #client: Promise<Client> | undefined;
  #closed = false;

  constructor(target: ConnectionTarget, options: DedicatedConnectionOptions = {}) {
    this.#target = target;
    this.#options = options;
  }

  /** @throws the driver's error; a lost connection is one of those for which `isTransientDatabaseError` is true. */
  async query<Result extends object = Row>(statement: Statement, values: readonly unknown[] = []): Promise<Result[]> {
    const client = await this.#connected();
    return (await client.query<Result>(preparedQuery(statement, values))).rows;
  }

  /** Waits for the statements under way. Repeatable; nothing can be run afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    const client = this.#client;
    this.#client = undefined;
    await client?.then((open) => open.end()).catch(() => {}); // what couldn't be opened, or broke, is closed
  }

  async #connected(): Promise<Client> {
    if (this.#closed) throw markOwnError(new Error('Connection terminated: it was closed by its owner'));
    this.#client ??= this.#open();
    return this.#client;
  }

  #open(): Promise<Client> {
    const client = new GuardedClient({
      ...this.#target,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000, // else the system's two hours
      connectionTimeoutMillis: 5_000,
      query_timeout: this.#options.queryTimeoutMs ?? 30_000,
      ...(this.#options.applicationName === undefined ? {} : { application_name: this.#options.applicationName }),
    });
    const opening = openClient(client, this.#options.setUp ?? []);
    const forget = (): void => {
      if (this.#client === opening) this.#client = undefined;
    };
    client.on('error', forget);
    client.on('end', forget);
    opening.catch(forget);
    return opening;
  }
}

async function openClient(client: Client, setUp: readonly string[]): Promise<Client> {
  try {
    await client.connect();
    for (const command of setUp) await client.query(command);
    return client;
  } catch (error) {
    client.end().catch(() => {});
    throw error;
  }
}
