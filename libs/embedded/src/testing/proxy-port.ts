import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

const STANDARD_PORTS: Readonly<Record<string, number>> = {
  'amqp:': 5672,
  'http:': 80,
  'nats:': 4222,
  'postgresql:': 5432,
  'postgres:': 5432,
  'redis:': 6379,
};

/** Where a proxy listens, in front of one server: a loopback port of its own. */
export class ProxyPort {
  readonly #listening: Server;

  readonly #target: URL;

  /** @param serverUrl of a protocol whose standard port is known, or with a port */
  constructor(serverUrl: string, onClient: (client: Socket) => void) {
    this.#target = new URL(serverUrl);
    this.#listening = createServer(onClient);
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#listening.listen(0, '127.0.0.1', resolve));
  }

  /** The URL it stands for, by way of this port. */
  get url(): string {
    const url = new URL(this.#target);
    const { port } = this.#listening.address() as AddressInfo; // it listens on TCP
    url.host = `127.0.0.1:${port}`;
    return url.href;
  }

  /** One more connection to the server. */
  connect(): Socket {
    const { port, protocol, hostname } = this.#target;
    return connect(Number(port || STANDARD_PORTS[protocol]), hostname.replace(/^\[|\]$/g, ''));
  }

  /** Resolves once the last connection has ended. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#listening.close(() => resolve()));
  }
}
