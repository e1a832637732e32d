import type { Socket } from 'node:net';

import { ProxyPort } from './proxy-port.js';

/** Stands between clients and a server, as a network does, and fails when a test asks it to: it breaks, refuses, or swallows everything without a word. */
export class TcpProxy {
  readonly #sockets = new Set<Socket>();
  #state: 'open' | 'refusing' | 'silent' = 'open';
  readonly #port: ProxyPort;
  /** How many connections were made through it. */
  connections = 0;
  /** What the server has sent. */
  bytes = 0;

  private constructor(serverUrl: string) {
    this.#port = new ProxyPort(serverUrl, (client) => this.#open(client));
  }

  static async start(serverUrl: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(serverUrl);
    await proxy.#port.listen();
    return proxy;
  }

  /** The URL it was started for, by way of this proxy. */
  get url(): string {
    return this.#port.url;
  }

  /** Every connection breaks; new ones are let through. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Every connection breaks, and no new one comes about. */
  refuse(): void {
    this.#state = 'refusing';
    this.cut();
  }

  /** Nothing passes any more, not even that a side has gone, and nobody is told. New connections are taken, and as silent. */
  silence(): void {
    this.#state = 'silent';
    for (const socket of this.#sockets) socket.pause();
  }

  /** What was silent is lost; new connections are let through. */
  reopen(): void {
    this.#state = 'open';
    this.cut();
  }

  async stop(): Promise<void> {
    this.refuse();
    await this.#port.close();
  }

  #open(client: Socket): void {
    if (this.#state === 'refusing') return void client.destroy();
    this.connections += 1;
    const server = this.#port.connect();
    server.on('data', (chunk) => void (this.bytes += chunk.length));
    this.#pass(client, server);
    this.#pass(server, client);
  }

  #pass(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (chunk) => void to.write(chunk));
    from.on('error', () => {}); // 'close' follows
    from.on('close', () => {
      this.#sockets.delete(from);
      if (this.#state !== 'silent') to.destroy();
    });
    if (this.#state === 'silent') from.pause();
  }
}
