import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';

import { answerAdmin } from './contract-routes.js';
import { type Answer, type Call, problem, type ServiceState } from './contract.js';
import { LetterBox } from './letter-box.js';
import { answerOrders } from './order-routes.js';

/** A real HTTP server that speaks the admin API's contract, for the specs of the CLI. */
export class ContractServer {
  readonly box = new LetterBox();
  readonly calls: Call[] = [];
  readonly state: ServiceState = {
    parkedKeys: [],
    outbox: { unpublished: 0, oldestAgeSeconds: 0, topics: [], refused: [] },
    topics: [],
    lanes: [],
    orphans: [],
    sagas: [],
    orders: [],
    timelines: new Map(),
    sent: [],
    taken: [],
    erasures: [],
    customers: new Map(),
    inUse: new Set(),
    erasedOrders: [],
    unknownOrders: new Set(),
    projections: [],
    incidents: [],
    acts: [],
  };
  /** Demanded of every call of the admin API, if set. */
  token: string | undefined;
  ready: Answer = { status: 200, body: { status: 'ok', checks: { database: { ok: true }, consumer: { ok: true } } } };
  /** The correlation id of the bare 500 that every call of the admin API gets, if set. */
  broken: string | undefined;
  /** Told by the Date header instead of the time. */
  clockSkewMs = 0;
  /** Called before a call is answered: the place to wait in, or to break the connection. */
  before: (call: Call, drop: () => void) => Promise<void> | void = () => undefined;
  /** Called when a call has taken effect and its answer hasn't left. */
  after: (call: Call, drop: () => void) => void = () => undefined;
  /** By Idempotency-Key. */
  readonly #answers = new Map<string, Answer>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<ContractServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const contract = new ContractServer(server, `http://127.0.0.1:${port}`);
    server.on('request', (request, response) => void contract.#serve(request, response));
    return contract;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const body = request.method === 'POST' ? ((await json(request)) as Call['body']) : {}; // the CLI sends objects
    const key = String(request.headers['idempotency-key'] ?? '');
    const call = { method: request.method ?? '', path: pathname, query: Object.fromEntries(searchParams), body, key };
    this.calls.push(call);
    await this.before(call, () => request.socket.destroy());
    const { status, body: answer } = this.#answers.get(key) ?? this.#answer(call, request.headers.authorization);
    if (key !== '') this.#answers.set(key, { status, body: answer });
    this.after(call, () => request.socket.destroy());
    if (this.broken !== undefined) response.setHeader('x-correlation-id', this.broken);
    response.setHeader('date', new Date(Date.now() + this.clockSkewMs).toUTCString());
    response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' });
    response.end(JSON.stringify(answer));
  }

  #answer(call: Call, authorization: string | undefined): Answer {
    if (call.path === '/health/live') return { status: 200, body: { status: 'ok' } };
    if (call.path === '/health/ready') return this.ready;
    if (call.path.startsWith('/orders')) return answerOrders(call, this.state);
    if (this.token !== undefined && authorization !== `Bearer ${this.token}`) {
      return problem(401, 'ADMIN_TOKEN_REQUIRED', 'This needs the header Authorization: Bearer <ADMIN_TOKEN>.');
    }
    if (this.broken !== undefined) return problem(500, 'INTERNAL_ERROR', 'See the X-Correlation-Id header.');
    return answerAdmin(call, this.box, this.state) ?? problem(404, 'NOT_FOUND', 'There is no such path.');
  }
}
