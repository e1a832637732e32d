import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** Stands between a client and the broker, as a network does: it can break, or swallow everything without a word. */
export class TcpProxy {
  readonly #links = new Set<readonly [Socket, Socket]>();
  readonly #listening: Server;
  #silent = false;
  /** What the broker has sent. */
  bytes = 0;

  private constructor(private readonly target: URL) {
    this.#listening = createServer((client) => this.#open(client));
  }

  static async start(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(url));
    await new Promise<void>((resolve) => proxy.#listening.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** The URL it was started for, by way of this proxy. */
  get url(): string {
    const url = new URL(this.target);
    const { port } = this.#listening.address() as AddressInfo; // it listens on TCP
    url.host = `127.0.0.1:${port}`;
    return url.href;
  }

  /** Breaks all connections. */
  cut(): void {
    for (const link of this.#links) for (const socket of link) socket.destroy();
  }

  /** Nothing comes through any more, and nobody is told, until it is cut. */
  swallow(): void {
    this.#silent = true;
  }

  heal(): void {
    this.#silent = false;
    this.cut();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#listening.close(() => resolve()));
  }

  #open(client: Socket): void {
    const server = connect(Number(this.target.port || 5672), this.target.hostname);
    const link = [client, server] as const;
    this.#links.add(link);
    for (const socket of link) {
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#links.delete(link);
        if (!this.#silent) for (const end of link) end.destroy();
      });
    }
    client.on('data', (chunk) => void (this.#silent || server.write(chunk)));
    server.on('data', (chunk) => {
      this.bytes += chunk.length;
      if (!this.#silent) client.write(chunk);
    });
  }
}
