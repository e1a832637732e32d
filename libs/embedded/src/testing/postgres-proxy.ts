import type { Socket } from 'node:net';

import { ProxyPort } from './proxy-port.js';

/** Which COMMIT to cut, once. */
export interface CommitToCut {
  /** `applied`: PostgreSQL commits, its answer is lost. `lost`: COMMIT itself never arrives. The client can't tell. */
  readonly outcome: 'applied' | 'lost';
  /** Only in this database. @default any */
  readonly database?: string;
  /** Only of a transaction that has run all these statements, by their names, each alone or as a part of one. @default any */
  readonly having?: readonly string[];
}

interface Cut extends CommitToCut {
  readonly done: () => void;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  /** What the client has sent in the transaction under way. */
  transaction: string;
  /** Texts of the statements that it has prepared, by name. */
  readonly prepared: Map<string, string>;
  database: string | undefined;
  ready: boolean;
  cut: Cut | undefined;
}

const BEGIN = 'BEGIN ISOLATION';
const COMMIT = 'COMMIT\0';
/** Parse: type, length, the statement's name, its text. */
const PREPARED = /P[^]{4}([\w+.-]+)\0([^\0]*)\0/g;

/**
 * Stands between a client and a real PostgreSQL server, as a network does, and loses what a test asks it to lose. Reads
 * the protocol only as far as that needs: plain connections (no TLS), statements by name.
 */
export class PostgresProxy {
  readonly #links = new Set<Link>();
  readonly #port: ProxyPort;
  #cuts: Cut[] = [];
  #breakWhenReady = 0;

  private constructor(serverUrl: string) {
    this.#port = new ProxyPort(serverUrl, (client) => this.#open(client));
  }

  /** @param serverUrl of the server, or of a database in it. */
  static async start(serverUrl: string): Promise<PostgresProxy> {
    const proxy = new PostgresProxy(serverUrl);
    await proxy.#port.listen();
    return proxy;
  }

  /** The URL it was started for, by way of this proxy. */
  get url(): string {
    return this.#port.url;
  }

  /** Cuts the connection at the next COMMIT that fits. @returns once it was cut. */
  cutCommit(commit: CommitToCut): Promise<void> {
    return new Promise((resolve) => this.#cuts.push({ ...commit, done: resolve }));
  }

  /** The next connections are closed by the server in the packet that says they are ready (F58). */
  closeWhenReady(connections: number): void {
    this.#breakWhenReady = connections;
  }

  async stop(): Promise<void> {
    for (const link of this.#links) drop(link);
    await this.#port.close();
  }

  #open(client: Socket): void {
    const server = this.#port.connect();
    const link: Link = {
      client,
      server,
      transaction: '',
      prepared: new Map(),
      database: undefined,
      ready: false,
      cut: undefined,
    };
    this.#links.add(link);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => drop(link));
      socket.on('close', () => {
        this.#links.delete(link);
        drop(link);
      });
    }
    client.on('data', (chunk) => this.#fromClient(link, chunk));
    server.on('data', (chunk) => this.#fromServer(link, chunk));
  }

  #fromClient(link: Link, chunk: Buffer): void {
    const text = chunk.toString('latin1');
    link.database ??= /database\0([^\0]+)\0/.exec(text)?.[1];
    for (const [, name = '', prepared = ''] of `${link.transaction}${text}`.matchAll(PREPARED))
      link.prepared.set(name, prepared);
    const begins = text.lastIndexOf(BEGIN);
    link.transaction = begins === -1 ? link.transaction + text : text.slice(begins);
    const commits = text.indexOf(COMMIT);
    if (commits !== -1) {
      link.cut = this.#takeCut(link);
      link.transaction = '';
      if (link.cut?.outcome === 'lost') {
        link.server.end(chunk.subarray(0, Math.max(commits - 5, 0))); // a message starts with its type and length
        finish(link);
        return;
      }
    }
    link.server.write(chunk);
  }

  #fromServer(link: Link, chunk: Buffer): void {
    if (link.cut) {
      // Nothing of the burst's answer passes; once PostgreSQL says that it has committed, the line is dead.
      if (chunk.includes(COMMIT, 0, 'latin1')) finish(link);
      return;
    }
    const becomesReady = !link.ready && isReady(chunk);
    link.ready ||= becomesReady;
    if (becomesReady && this.#breakWhenReady > 0) {
      this.#breakWhenReady -= 1;
      link.client.end(Buffer.concat([chunk, adminShutdown()]));
      link.server.destroy();
      return;
    }
    link.client.write(chunk);
  }

  #takeCut({ database, transaction, prepared }: Link): Cut | undefined {
    const texts = [...prepared].filter(([name]) => transaction.includes(`${name}\0`)).map(([, text]) => text);
    const hasRun = (name: string): boolean =>
      transaction.includes(`${name}\0`) || texts.some((text) => text.includes(`${name} AS `));
    const cut = this.#cuts.find(
      (wanted) =>
        (wanted.database === undefined || wanted.database === database) && (wanted.having ?? []).every(hasRun),
    );
    this.#cuts = this.#cuts.filter((other) => other !== cut);
    return cut;
  }
}

function finish(link: Link): void {
  const { cut } = link;
  drop(link);
  cut?.done();
}

function drop({ client, server }: Link): void {
  if (!client.writableEnded) client.destroy();
  if (!server.writableEnded) server.destroy();
}

/** ReadyForQuery, idle: what ends the start of a connection. */
function isReady(chunk: Buffer): boolean {
  return chunk.subarray(-6).equals(Buffer.from([0x5a, 0, 0, 0, 5, 0x49]));
}

/** What PostgreSQL says to a backend that `pg_terminate_backend` ends. */
function adminShutdown(): Buffer {
  const fields = 'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0';
  const message = Buffer.alloc(5 + fields.length, 0);
  message.write('E', 0);
  message.writeInt32BE(4 + fields.length, 1);
  message.write(fields, 5);
  return message;
}
