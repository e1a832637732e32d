import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

import { Client } from 'pg';

export interface PoolerOptions {
  /** A server connection belongs to a client until the end of its transaction, or until the client is gone. */
  readonly mode: 'transaction' | 'session';
  /** Server connections, all of them open from the start. */
  readonly size: number;
  /** Which of the idle ones the next client gets. */
  readonly next: 'used last' | 'in turn';
}

interface ServerConnection {
  readonly socket: Socket;
  client: PooledClient | undefined;
  /** Answers that are still to come. */
  unanswered: number;
}

interface PooledClient {
  readonly socket: Socket;
  /** What no server connection has got yet. */
  waiting: Buffer[];
  server: ServerConnection | undefined;
}

const SSL_REQUEST = 80_877_103;
const [QUERY, SYNC, TERMINATE, READY, IDLE] = [0x51, 0x53, 0x58, 0x5a, 0x49];

/**
 * As PgBouncer between clients and a real PostgreSQL server: gives clients the connections that it has open by itself, and keeps nothing of
 * a session apart. Asks for no password; reads of the protocol only where a transaction ends.
 */
export class Pooler {
  readonly #clients: PooledClient[] = [];
  readonly #idle: ServerConnection[] = [];
  readonly #queue: PooledClient[] = [];
  readonly #listening: Server;

  private constructor(
    private readonly serverUrl: string,
    private readonly options: PoolerOptions,
    private readonly servers: readonly Client[],
  ) {
    for (const { socket } of servers.map(takeOver)) this.#serve({ socket, client: undefined, unanswered: 0 });
    this.#listening = createServer((socket) => this.#accept(socket));
  }

  /** @param serverUrl of a database */
  static async start(serverUrl: string, options: PoolerOptions): Promise<Pooler> {
    const servers = Array.from({ length: options.size }, () => new Client({ connectionString: serverUrl }));
    for (const server of servers) server.on('error', () => {}); // ended by stop()
    await Promise.all(servers.map((server) => server.connect()));
    const pooler = new Pooler(serverUrl, options, servers);
    await new Promise<void>((resolve) => pooler.#listening.listen(0, '127.0.0.1', resolve));
    return pooler;
  }

  get url(): string {
    const url = new URL(this.serverUrl);
    url.host = `127.0.0.1:${(this.#listening.address() as AddressInfo).port}`; // it listens to a port, not to a pipe
    return url.toString();
  }

  async stop(): Promise<void> {
    for (const { socket } of this.#clients) socket.destroy();
    for (const server of this.servers) takeOver(server).socket.destroy();
    await new Promise((resolve) => this.#listening.close(resolve));
  }

  #accept(socket: Socket): void {
    const client: PooledClient = { socket, waiting: [], server: undefined };
    this.#clients.push(client);
    let started = false;
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.options.mode === 'session' && client.server && this.#release(client.server));
    let rest: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (!started && rest.length >= 8) {
        started = rest.readInt32BE(4) !== SSL_REQUEST;
        rest = rest.subarray(rest.readInt32BE(0));
        socket.write(started ? welcome() : 'N');
      }
      const messages = started ? split(rest) : [];
      rest = rest.subarray(messages.reduce((sum, { length }) => sum + length, 0));
      for (const message of messages) {
        if (message[0] === TERMINATE) socket.end();
        else client.waiting.push(message);
      }
      if (client.server) this.#send(client, client.server);
      else if (client.waiting.length > 0 && !this.#queue.includes(client)) this.#queue.push(client);
      this.#assign();
    });
  }

  #serve(server: ServerConnection): void {
    let rest: Buffer = Buffer.alloc(0);
    server.socket.on('data', (chunk: Buffer) => {
      const messages = split((rest = Buffer.concat([rest, chunk])));
      rest = rest.subarray(messages.reduce((sum, { length }) => sum + length, 0));
      for (const message of messages) {
        if (server.client?.socket.writable === true) server.client.socket.write(message);
        if (message[0] !== READY) continue;
        server.unanswered -= 1;
        const isIdle = server.unanswered <= 0 && message[5] === IDLE;
        if (isIdle && this.options.mode === 'transaction') this.#release(server);
      }
    });
    this.#idle.push(server);
  }

  #release(server: ServerConnection): void {
    if (server.client) server.client.server = undefined;
    server.client = undefined;
    server.unanswered = 0;
    if (this.options.next === 'used last') this.#idle.unshift(server);
    else this.#idle.push(server);
    this.#assign();
  }

  #assign(): void {
    while (this.#idle.length > 0 && this.#queue.length > 0) {
      const [server, client] = [this.#idle.shift(), this.#queue.shift()];
      if (!server || !client) return;
      [server.client, client.server] = [client, server];
      this.#send(client, server);
    }
  }

  #send(client: PooledClient, server: ServerConnection): void {
    server.unanswered += client.waiting.filter(([type]) => type === QUERY || type === SYNC).length;
    for (const message of client.waiting) server.socket.write(message);
    client.waiting = [];
  }
}

/** pg opens the connection, with whatever password the server asks for; from then on the socket is ours. */
function takeOver(client: Client): { readonly socket: Socket } {
  const { connection } = client as unknown as { connection: { stream: Socket } }; // undocumented
  connection.stream.removeAllListeners('data');
  return { socket: connection.stream };
}

/** Whole messages: a type, the length of what follows, that. */
function split(bytes: Buffer): readonly Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; bytes.length >= at + 5;) {
    const length = 1 + bytes.readInt32BE(at + 1);
    if (bytes.length < at + length) break;
    messages.push(bytes.subarray(at, at + length));
    at += length;
  }
  return messages;
}

/** That it is authenticated, a key for cancelling which no server knows, and that it is ready. */
function welcome(): Buffer {
  const key = Buffer.alloc(8, 0x7f);
  return Buffer.concat([
    message('R', Buffer.alloc(4)),
    message('S', Buffer.from('server_version\x0018.0\0')),
    message('S', Buffer.from('client_encoding\0UTF8\0')),
    message('K', key),
    message('Z', Buffer.from('I')),
  ]);
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5, type);
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}
