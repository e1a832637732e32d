import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** Stands between a client and a server, as a network does, and fails when a test asks it to. */
export class CuttingProxy {
  readonly #sockets = new Set<Socket>();
  readonly #listening: Server;
  #state: 'open' | 'closed' | 'silent' = 'open';
  /** How many connections were made through it. */
  connections = 0;

  private constructor(private readonly target: URL) {
    this.#listening = createServer((client) => this.#open(client));
  }

  static async start(url: string): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(new URL(url));
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

  /** Every connection breaks; new ones are let through. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Every connection breaks, and no new one comes about. */
  close(): void {
    this.#state = 'closed';
    this.cut();
  }

  /** Nothing passes any more, and nobody is told. */
  silence(): void {
    this.#state = 'silent';
    for (const socket of this.#sockets) socket.pause();
  }

  reopen(): void {
    this.#state = 'open';
    this.cut(); // what was silent is lost
  }

  async stop(): Promise<void> {
    this.close();
    await new Promise<void>((resolve) => this.#listening.close(() => resolve()));
  }

  #open(client: Socket): void {
    if (this.#state === 'closed') return void client.destroy();
    this.connections += 1;
    const server = connect(Number(this.target.port || 4222), this.target.hostname);
    const pair = [client, server] as const;
    for (const [from, to] of [pair, [server, client] as const]) {
      this.#sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (chunk) => void (this.#state === 'open' && to.write(chunk)));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}
