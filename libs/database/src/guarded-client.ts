import { callbackify } from 'node:util';

import { Logger } from '@nestjs/common';
import { Client } from 'pg';
import type { ClientConfig } from 'pg';

import { ReadOnlyServerError } from './database.errors.js';
import { markOwnError, watchClient } from './own-errors.js';
import { prepareSession } from './session-check.js';
import type { Plans } from './session-check.js';
import { meaningOf } from './sqlstates.js';

export interface GuardedClientConfig extends ClientConfig {
  /** Milliseconds after which the server ends a statement. @default none, whatever the server's default is */
  readonly statementTimeoutMs?: number;
  /**
   * `by key`: a statement that has a name is planned once a connection, with indexes wherever one serves, whatever size the tables have
   * at that moment. `free`: as the server sees fit, for readings whose filters vary. @default 'by key'
   */
  readonly plans?: Plans;
  /** `false`: for maintenance of whatever database there is; nothing is checked or set. @default true */
  readonly prepared?: boolean;
}

const READ_ONLY = '25006';

/** The open connections of this process, by where they lead. */
const open = new Map<string, Set<GuardedClient>>();

/**
 * A connection whose loss never ends the process, and which is never of the wrong kind.
 *
 * pg emits 'error' on a client that loses its connection, and Node ends a process in which nobody listens. A pool listens
 * only while a client is idle, and TypeORM only from a moment after it was handed over: a server that closes a connection
 * in the packet that opens it would hit the gap (F58). Nothing is swallowed: the next user of the client gets the error.
 *
 * A new connection is checked and set up before anybody gets it (F77). When the server answers with an error after which a
 * connection is of no further use, the connection is given up as if it were lost, once its transaction has ended; when it
 * answers that it takes no writes, all connections of the process to it are: a failover has left them behind (F69).
 */
export class GuardedClient extends Client {
  readonly #config: GuardedClientConfig;
  readonly #target: string;
  #givenUp: Error | undefined;

  constructor(config: GuardedClientConfig = {}) {
    super({ pipeline: true, ...config });
    this.#config = config;
    this.host = this.host.replace(/^\[(.*)\]$/, '$1'); // of an IPv6 address a URL has brackets, a socket none
    this.#target = `${this.host}:${this.port}/${this.database ?? ''}`;
    watchClient(this);
    this.on('error', () => {});
    this.on('end', () => open.get(this.#target)?.delete(this));
    this.on('drain', () => this.#leave());
    onServerError(this, (code) => {
      if (code === READ_ONLY) giveUpAll(this.#target);
      else if (meaningOf(code).dropConnection) this.#giveUp(code);
    });
  }

  /** @throws the driver's error; ReadOnlyServerError, UnusableDatabaseError. */
  override connect(): Promise<Client>;
  override connect(callback: ((error: Error) => void) | ((error: null, client: Client) => void)): void;
  override connect(callback?: (...result: never[]) => void): Promise<Client> | void {
    if (callback === undefined) return this.#connect();
    const done = callback as (error: Error | null, client?: Client) => void; // the two of the overload in one
    callbackify(() => this.#connect())(done);
  }

  async #connect(): Promise<Client> {
    await super.connect().catch((error: unknown) => {
      throw markOwnError(error);
    });
    if (this.#config.prepared === false) return this;
    try {
      const { plans = 'by key', statementTimeoutMs = 0 } = this.#config;
      await prepareSession(this, { plans, statementTimeoutMs });
    } catch (error) {
      if (error instanceof ReadOnlyServerError) giveUpAll(this.#target);
      this.end().catch(() => {}); // nobody can use it any more
      throw error;
    }
    const siblings = open.get(this.#target) ?? new Set();
    open.set(this.#target, siblings.add(this));
    return this;
  }

  /** Statements issued meanwhile are waited for however long they take, unless they have a limit of their own. */
  async withoutTimeout<Result>(work: () => Promise<Result>): Promise<Result> {
    const parameters = connectionParametersOf(this);
    const before = parameters?.query_timeout;
    if (parameters) parameters.query_timeout = 0;
    try {
      return await work();
    } finally {
      if (parameters) parameters.query_timeout = before;
    }
  }

  #giveUp(code: string): void {
    this.#givenUp ??= new Error(`Connection terminated by its owner: the server answered ${code}`);
  }

  /** As a lost connection looks to its holder: a pool removes it, a listener opens another one. */
  #leave(): void {
    if (this.#givenUp === undefined || this.getTransactionStatus() !== 'I') return;
    const reason = this.#givenUp;
    this.#givenUp = undefined;
    this.emit('error', reason);
    this.end().catch(() => {}); // it is given up
  }

  static giveUp(client: GuardedClient, code: string): void {
    client.#giveUp(code);
    client.query('SELECT 1').catch(() => {}); // an idle connection notices by its answer, a busy one by what it does anyway
  }
}

function giveUpAll(target: string): void {
  const count = open.get(target)?.size ?? 0;
  if (count > 0)
    new Logger('Database').warn('The server takes no writes; all connections to it are replaced', { count });
  for (const client of open.get(target) ?? []) GuardedClient.giveUp(client, READ_ONLY);
  open.delete(target);
}

/** Where pg looks up the limit of a statement that has none of its own; undocumented, hence the check. */
function connectionParametersOf(client: Client): { query_timeout?: unknown } | undefined {
  return (client as { connectionParameters?: { query_timeout?: unknown } }).connectionParameters;
}

/** pg keeps its protocol at `client.connection`; undocumented, hence the checks. */
function onServerError(client: Client, heard: (code: string) => void): void {
  const { connection } = client as {
    connection?: { on?: (event: string, listener: (message: unknown) => void) => void };
  };
  connection?.on?.('errorMessage', (message) => {
    if (typeof message === 'object' && message !== null && 'code' in message && typeof message.code === 'string') {
      heard(message.code);
    }
  });
}
