import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** One statement that a client had carried out. */
export interface SqlCall {
  readonly connection: number;
  readonly database: string;
  /** `application_name` of the connection, which is what tells a pool from a dedicated connection. */
  readonly application: string;
  /** Of a prepared statement; empty for one that is sent as text, and then planned, each time. */
  readonly name: string;
  readonly text: string;
  /** Counts the round trips of this connection: calls with the same number left without waiting for each other's answer. */
  readonly roundTrip: number;
}

/**
 * Stands between the clients and a PostgreSQL server and notes every call that passes: what pg_stat_statements can't tell, which is
 * in what order, on which connection, and in how many round trips. Plain connections only (no TLS).
 */
export class SqlTap {
  readonly #listening: Server;
  readonly #sockets = new Set<Socket>();
  #calls: SqlCall[] = [];
  #connections = 0;

  private constructor(private readonly target: URL) {
    this.#listening = createServer((client) => this.#open(client));
  }

  static async start(serverUrl: string): Promise<SqlTap> {
    const tap = new SqlTap(new URL(serverUrl));
    await new Promise<void>((resolve) => tap.#listening.listen(0, '127.0.0.1', resolve));
    return tap;
  }

  /** The URL it was started for, by way of this tap. */
  get url(): string {
    const url = new URL(this.target);
    const { port } = this.#listening.address() as AddressInfo; // it listens on TCP
    url.host = `127.0.0.1:${port}`;
    return url.href;
  }

  /** What passed since the last time this was asked. */
  take(): readonly SqlCall[] {
    const calls = this.#calls;
    this.#calls = [];
    return calls;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#listening.close(() => resolve()));
  }

  #open(client: Socket): void {
    const server = connect(Number(this.target.port || 5432), this.target.hostname);
    const note = (call: SqlCall): void => void this.#calls.push(call);
    const session = new Session(++this.#connections, note);
    client.on('data', (chunk: Buffer) => {
      session.fromClient(chunk);
      server.write(chunk);
    });
    server.on('data', (chunk: Buffer) => {
      session.fromServer(chunk);
      client.write(chunk);
    });
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.end();
      });
    }
  }
}

/** Reads both directions of one connection, as far as that needs. */
class Session {
  readonly #statements = new Map<string, string>();
  readonly #fromClient = new Messages('with startup message');
  readonly #fromServer = new Messages('typed');
  #database = '';
  #application = '';
  #bound = '';
  #unanswered = 0;
  #roundTrip = 0;

  constructor(
    private readonly connection: number,
    private readonly note: (call: SqlCall) => void,
  ) {}

  fromClient(chunk: Buffer): void {
    for (const { type, body } of this.#fromClient.push(chunk)) {
      if (type === '') this.#startUp(body);
      else if (type === 'P') this.#parse(body);
      else if (type === 'B') [, this.#bound = ''] = strings(body, 2);
      else if (type === 'E') this.#call(this.#bound, this.#statements.get(this.#bound) ?? '');
      else if (type === 'Q') this.#call('', strings(body, 1)[0] ?? '');
      if (type === 'S' || type === 'Q') this.#unanswered += 1;
    }
  }

  fromServer(chunk: Buffer): void {
    for (const { type } of this.#fromServer.push(chunk)) if (type === 'Z') this.#unanswered -= 1;
  }

  #startUp(body: Buffer): void {
    const words = body.subarray(4).toString().split('\0');
    const valueOf = (name: string): string => words[words.indexOf(name) + 1] ?? '';
    this.#database = words.includes('database') ? valueOf('database') : '';
    this.#application = words.includes('application_name') ? valueOf('application_name') : '';
    this.#unanswered = 1; // the start itself ends in "ready"
  }

  #parse(body: Buffer): void {
    const [name = '', text = ''] = strings(body, 2);
    this.#statements.set(name, text);
  }

  #call(name: string, text: string): void {
    if (this.#unanswered === 0) this.#roundTrip += 1;
    const { connection } = this;
    this.note({
      connection,
      database: this.#database,
      application: this.#application,
      name,
      text,
      roundTrip: this.#roundTrip,
    });
  }
}

interface Message {
  /** Empty for the startup message, which has none. */
  readonly type: string;
  readonly body: Buffer;
}

/** Cuts a stream into the protocol's messages, however it arrives. */
class Messages {
  #rest: Buffer = Buffer.alloc(0);
  #started: boolean;

  constructor(kind: 'typed' | 'with startup message') {
    this.#started = kind === 'typed';
  }

  *push(chunk: Buffer): Generator<Message> {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const head = this.#started ? 1 : 0;
      if (this.#rest.length < head + 4) return;
      const end = head + this.#rest.readInt32BE(head);
      if (this.#rest.length < end) return;
      const message = { type: this.#rest.toString('latin1', 0, head), body: this.#rest.subarray(head + 4, end) };
      this.#rest = this.#rest.subarray(end);
      this.#started = true;
      yield message;
    }
  }
}

/** The first NUL-terminated strings of a message. */
function strings(body: Buffer, count: number): readonly string[] {
  const found: string[] = [];
  for (let from = 0; found.length < count;) {
    const end = body.indexOf(0, from);
    if (end === -1) break;
    found.push(body.toString('utf8', from, end));
    from = end + 1;
  }
  return found;
}

/** pg_stat_statements trims a statement, and may have put parameters where it has constants. */
export function isSame(counted: string, sent: string): boolean {
  if (counted === sent.trim()) return true;
  const pattern = counted
    .split(/\$\d+(?: \/\*, \.\.\. \*\/)?/) // the comment stands for the rest of a list
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.+');
  return new RegExp(`^${pattern}$`, 's').test(sent.trim());
}
