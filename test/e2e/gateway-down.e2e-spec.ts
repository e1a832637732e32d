import { call } from '../system/api.js';
import { GatewayOutage } from '../system/gateway-outage.js';
import { heldMessages } from '../system/held-messages.js';
import { allOrders, expectBalanced, stockTake } from '../system/ledger.js';
import { RunningSystem } from '../system/running-system.js';
import { until } from '../system/until.js';

const ORDERS = 40;

const HANDLER = 'PaymentCommandsController.process';
const GAUGE = `waybill_consumer_dependency_down{group="payment",handler="${HANDLER}"} `;

interface Ready {
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly detail?: string }>>;
}

describe('F62: a payment gateway that is down', () => {
  let system: RunningSystem;
  let initial: ReadonlyMap<string, number>;
  let outage: GatewayOutage;
  const placed: string[] = [];

  beforeAll(async () => {
    // An order that waits for its payment must not be given up: how long it may is the saga's business.
    system = await RunningSystem.start({ SAGA_STEP_DEADLINE_MS: '900000' });
    initial = await stockTake(system);
    outage = await GatewayOutage.begin(system.databasePrefix);
  }, 120_000);

  afterAll(() => system?.stop(), 60_000);

  const payment = <Body>(path: string) => call<Body>(`${system.services.payment.url}${path}`);
  const consumer = async () => {
    const { status, body } = await payment<Ready>('/health/ready');
    return { status, ...body.checks['consumer'] };
  };
  const isDown = async (): Promise<string | undefined> => {
    const exposed = await fetch(`${system.services.payment.url}/metrics`).then((response) => response.text());
    const line = exposed.split('\n').find((candidate) => candidate.startsWith(GAUGE));
    return line?.slice(GAUGE.length);
  };
  const isPlaced = ({ key }: { readonly key: string | null }) => key !== null && placed.includes(key);
  const parkedKeys = async () => {
    const { body } = await payment<{ items: readonly { readonly key: string }[] }>('/admin/parked-keys?limit=500');
    return body.items.filter(isPlaced).length;
  };
  const held = async () => (await heldMessages(system.databasePrefix)).filter(isPlaced);

  async function place(count: number): Promise<void> {
    const answers = await Promise.all(Array.from({ length: count }, () => system.place()));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    placed.push(...answers.map(({ body }) => body.id));
  }

  it('holds up no lane: its orders wait in the failure store, as readiness and metrics tell while the service stays ready', async () => {
    await place(ORDERS);
    await until(async () => (await parkedKeys()) === placed.length, {
      timeoutMs: 60_000,
      what: 'all orders to be put aside',
    });
    const detail = expect.stringMatching(`^degraded: .*${HANDLER}$`) as string;
    expect(await consumer()).toEqual({ status: 200, ok: true, detail });
    expect(await isDown()).toBe('1');
  }, 150_000);

  it('costs the orders that wait no attempt and makes no dead letters of them; they stay PLACED', async () => {
    const postponed = async () => (await held()).filter(({ reason }) => reason === 'POSTPONED');
    await until(async () => (await postponed()).length === placed.length, {
      timeoutMs: 120_000,
      what: 'every order to be postponed rather than retried',
    });
    expect((await held()).map(({ state }) => state)).toEqual(placed.map(() => 'retrying'));
    const orders = (await allOrders(system)).filter(({ id }) => placed.includes(id));
    expect(orders.map(({ status }) => status)).toEqual(placed.map(() => 'PLACED'));
  }, 150_000);

  it('is asked again once it is back, without help: each order is FULFILLED and charged once, no key stays parked', async () => {
    await outage.end();
    await place(1);
    const ended = await Promise.all(placed.map((id) => system.ended(id, 180_000)));
    expect(ended.map(({ status }) => status)).toEqual(placed.map(() => 'FULFILLED'));
    const payments = await Promise.all(placed.map((id) => system.payments(id)));
    expect(payments.map((ofOrder) => ofOrder.map(({ status }) => status))).toEqual(placed.map(() => ['CHARGED']));
    await expectBalanced(system, initial);

    await until(async () => (await parkedKeys()) === 0, { timeoutMs: 60_000, what: 'all keys to be unparked' });
    expect((await held()).filter(({ state }) => state !== 'handled')).toEqual([]);
    expect(await consumer()).toEqual({ status: 200, ok: true, detail: 'consuming' });
    expect(await isDown()).toBe('0');
  }, 300_000);
});
