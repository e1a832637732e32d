import { randomBytes } from 'node:crypto';

import { SERVICE_NAMES, topics } from '@waybill/contracts';
import type { ServiceName } from '@waybill/contracts';
import { testDatabaseServer } from '@waybill/embedded/testing';

import { call, orderRequest } from './api.js';
import type { Answer, OrderBody, SagaBody, StockBody, TimelineEntry } from './api.js';
import { ServiceProcess } from './service-process.js';
import { brokerSpace } from './tested-broker.js';
import type { BrokerSpace } from './tested-broker.js';
import { until } from './until.js';

const TERMINAL = new Set(['FULFILLED', 'REJECTED', 'CANCELLED']);

/** What the services have at a broker, without the system's prefix. */
export const AT_THE_BROKER = {
  topics: [...Object.values(topics).map(({ name }) => name), ...SERVICE_NAMES.map((name) => `${name}.dlq`)],
  groups: SERVICE_NAMES,
};

/** The four apps as processes, on databases, topics and ports that belong to this test file alone. */
export class RunningSystem {
  private constructor(
    readonly services: Readonly<Record<ServiceName, ServiceProcess>>,
    readonly databasePrefix: string,
    readonly broker: BrokerSpace,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** @param env settings of all four apps; one of them may be the address of another server than the run's. */
  static async start(env: Readonly<Record<string, string>> = {}): Promise<RunningSystem> {
    const system = await RunningSystem.create(env);
    try {
      await system.startAll();
    } catch (error) {
      await system.stop(); // nobody else could
      throw error;
    }
    return system;
  }

  static async create(env: Readonly<Record<string, string>> = {}): Promise<RunningSystem> {
    const run = `e2e${randomBytes(4).toString('hex')}`;
    const broker = brokerSpace(`${run}.`, env['AWS_ENDPOINT_URL'] ?? env['BROKER_URL'] ?? env['KAFKA_BROKERS']);
    const settings = {
      DATABASE_URL: testDatabaseServer(),
      DATABASE_PREFIX: `${run}_`,
      ...broker.settings,
      // A loaded machine takes its time. No order is undone for that, except where a test sets a deadline of its own.
      SAGA_STEP_DEADLINE_MS: '600000',
      ...env,
    };
    const [inventory, payment, shipping] = await Promise.all([
      ServiceProcess.create('inventory', settings),
      ServiceProcess.create('payment', settings),
      ServiceProcess.create('shipping', settings),
    ]);
    const order = await ServiceProcess.create('order', {
      ...settings,
      ...Object.fromEntries([inventory, payment, shipping].map(({ name, url }) => [`${name.toUpperCase()}_URL`, url])),
    });
    return new RunningSystem({ inventory, payment, shipping, order }, `${run}_`, broker, settings);
  }

  /** All at once: no service needs another one to start. */
  async startAll(): Promise<void> {
    for (const name of SERVICE_NAMES) this.services[name].spawn();
    await Promise.all(SERVICE_NAMES.map((name) => this.services[name].ready()));
  }

  /** One more process of the service, on the same database and topics. */
  async replica(name: ServiceName, env: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
    return ServiceProcess.create(name, { ...this.env, ...env });
  }

  /** The lab beside it, as a process that isn't started yet. It can't reach what `npm start` supervises: that isn't there. */
  async lab(token: string): Promise<ServiceProcess> {
    const urls = SERVICE_NAMES.map((name) => [`${name.toUpperCase()}_URL`, this.services[name].url]);
    const { LAB_URL: url } = this.env;
    const port = url === undefined ? undefined : Number(new URL(url).port);
    return ServiceProcess.create('lab', { ...this.env, ...Object.fromEntries(urls), LAB_TOKEN: token }, port);
  }

  async stop(): Promise<void> {
    await Promise.all(SERVICE_NAMES.map((name) => this.services[name].end()));
    await this.broker.remove(AT_THE_BROKER);
  }

  place(overrides: Record<string, unknown> = {}, headers: Record<string, string> = {}): Promise<Answer<OrderBody>> {
    return this.post('/orders', orderRequest(overrides), headers);
  }

  /** Places an order and waits for its end. */
  async placeAndWait(overrides: Record<string, unknown> = {}): Promise<OrderBody> {
    const placed = await this.place(overrides, { prefer: 'wait=30' });
    if (placed.status !== 201) throw new Error(`POST /orders answered ${placed.status}: ${placed.text}`);
    return TERMINAL.has(placed.body.status) ? placed.body : this.ended(placed.body.id);
  }

  post<Body>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    return call(`${this.services.order.url}${path}`, { method: 'POST', headers, body });
  }

  async order(id: string): Promise<OrderBody> {
    return (await call<OrderBody>(`${this.services.order.url}/orders/${id}`)).body;
  }

  /** Waits until the order's status is terminal, also over restarts of the order service. */
  async ended(id: string, timeoutMs = 60_000): Promise<OrderBody> {
    let last: OrderBody | undefined;
    await until(
      async () => {
        const answer = await call<OrderBody>(`${this.services.order.url}/orders/${id}`, {
          headers: { prefer: 'wait=5' },
        }).catch(() => undefined);
        last = answer?.status === 200 ? answer.body : last;
        return last !== undefined && TERMINAL.has(last.status);
      },
      { timeoutMs, what: `order ${id} to end`, detail: () => `last seen: ${JSON.stringify(last)}` },
    );
    if (!last) throw new Error(`Order ${id} was never seen`);
    return last;
  }

  async saga(id: string): Promise<SagaBody> {
    return (await call<SagaBody>(`${this.services.order.url}/sagas/${id}`)).body;
  }

  async timeline(id: string): Promise<readonly TimelineEntry[]> {
    return (await call<readonly TimelineEntry[]>(`${this.services.order.url}/orders/${id}/timeline`)).body;
  }

  async stock(sku: string): Promise<StockBody> {
    return (await call<StockBody>(`${this.services.inventory.url}/stock/${sku}`)).body;
  }

  async payments(orderId: string): Promise<readonly { status: string; amount: { amount: number } }[]> {
    const answer = await call<readonly { status: string; amount: { amount: number } }[]>(
      `${this.services.payment.url}/payments?orderId=${orderId}`,
    );
    return answer.body;
  }

  async shipments(orderId: string): Promise<readonly { status: string }[]> {
    return (await call<readonly { status: string }[]>(`${this.services.shipping.url}/shipments?orderId=${orderId}`))
      .body;
  }
}
