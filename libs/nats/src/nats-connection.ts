import { setTimeout as sleep } from 'node:timers/promises';

import { jetstream } from '@nats-io/jetstream';
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import { AuthorizationError, connect } from '@nats-io/transport-node';
import type { NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node';
import { BrokerUnavailable } from '@waybill/messaging';
import type { BrokerLog } from '@waybill/messaging';

/** One connection, and JetStream over it. */
export interface Nats {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  readonly inboxPrefix: string;
}

/** Hears when the connection is lost, and when it is back. */
export type LinkListener = (up: boolean) => void;

const CONNECT_TIMEOUT_MS = 3_000;
const RETRY_MS = 250;

/**
 * The connection of one broker, made when it is first needed and shared by all that the broker makes. Once made it is the client that
 * reconnects, for ever; what happens meanwhile is told to those who listen.
 */
export class NatsLink {
  #nats: Promise<Nats> | undefined;
  #isUp = false;
  #closed = false;
  readonly #listeners = new Set<LinkListener>();

  constructor(
    private readonly options: NodeConnectionOptions,
    private readonly log: BrokerLog,
  ) {}

  get isUp(): boolean {
    return this.#isUp;
  }

  /** One attempt, where there is no connection yet. @throws when it fails */
  async open(): Promise<Nats> {
    if (this.#closed) throw new BrokerUnavailable('The broker is closed');
    this.#nats ??= this.#connect().catch((error: unknown) => {
      this.#nats = undefined;
      throw error;
    });
    return this.#nats;
  }

  /** @throws BrokerUnavailable when there is no connection within the time, or credentials, TLS or JetStream aren't as they have to be. */
  async openWithin(timeoutMs: number): Promise<Nats> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      try {
        return await this.open();
      } catch (cause) {
        if (cause instanceof BrokerUnavailable) throw cause;
        const refusal = refusalIn(cause);
        const at = String(this.options.servers);
        if (refusal !== undefined) throw new BrokerUnavailable(`NATS at ${at} can't be used: ${refusal}`, { cause });
        if (performance.now() > deadline) {
          throw new BrokerUnavailable(`No NATS server answered within ${timeoutMs} ms at ${at}`, { cause });
        }
        await sleep(RETRY_MS);
      }
    }
  }

  /** @returns what ends the listening */
  listen(listener: LinkListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const nats = await this.#nats?.catch(() => undefined);
    this.#nats = undefined;
    await nats?.connection.close();
  }

  async #connect(): Promise<Nats> {
    const connection = await connect({ ...this.options, timeout: CONNECT_TIMEOUT_MS });
    const js = jetstream(connection);
    if (this.#closed) await connection.close();
    this.#tell(true);
    void this.#watch(connection);
    const { inboxPrefix = '_INBOX' } = this.options;
    return { connection, js, jsm: await js.jetstreamManager(false), inboxPrefix };
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') this.#tell(false);
      if (status.type === 'reconnect') this.#tell(true);
      if (status.type === 'error') this.log.warn(`nats: ${status.error.message}`);
    }
    this.#nats = undefined; // closed, by us or for good: the next one who needs it makes a new one
    this.#tell(false);
  }

  #tell(up: boolean): void {
    if (this.#isUp === up) return;
    this.#isUp = up;
    if (this.#closed) return;
    if (!up) this.log.warn('nats: the connection is lost');
    for (const listener of this.#listeners) listener(up);
  }
}

/** Why a connection won't come about however often it is tried: who we are isn't accepted, or who they are. */
function refusalIn(error: unknown): string | undefined {
  if (error instanceof AuthorizationError) return `the credentials are refused: ${error.message}`;
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, message, cause } = traitsOf(error);
  if (/CERT|SIGNATURE|^ERR_(SSL|TLS)|^EPROTO/.test(code)) return `TLS fails: ${message} (${code})`;
  return /'tls'/.test(message) ? `TLS fails: ${message}` : refusalIn(cause);
}

/** Node's own errors aren't always of this realm's `Error`, as in tests. */
function traitsOf(error: object): { code: string; message: string; cause: unknown } {
  return {
    code: 'code' in error ? String(error.code) : '',
    message: 'message' in error ? String(error.message) : '',
    cause: 'cause' in error ? error.cause : undefined,
  };
}
