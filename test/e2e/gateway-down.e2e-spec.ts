import { call } from '../system/api.js';
import { GatewayOutage } from '../system/gateway-outage.js';
import { heldMessages } from '../system/held-messages.js';
import { allOrders, expectBalanced, stockTake } from '../system/ledger.js';
import { RunningSystem } from '../system/running-system.js';
import { until } from '../system/until.js';

/** One failing key fewer than open the circuit of a handler: these orders are put aside with attempts to lose. */
const PUT_ASIDE = 4;
const WAITING = 36;
/**
 * The circuit has cooled down for 5 + 10 + 20 s when its third probe has failed. A handler's delayed attempts are made
 * within 1 + 2 + 4 + 8 + 16 s: without the circuit, an order would be a dead letter by then.
 */
const OPENINGS = 4;

const HANDLER = 'PaymentCommandsController.process';
const GAUGE = `waybill_consumer_circuit_open{group="payment",handler="${HANDLER}"} `;

interface Ready {
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly detail?: string }>>;
}

describe('a payment gateway that is down for longer than retries last', () => {
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
  const circuitOpen = async (): Promise<string | undefined> => {
    const exposed = await fetch(`${system.services.payment.url}/metrics`).then((response) => response.text());
    const line = exposed.split('\n').find((candidate) => candidate.startsWith(GAUGE));
    return line?.slice(GAUGE.length);
  };
  const parkedKeys = async () => (await payment<{ items: readonly object[] }>('/admin/parked-keys')).body.items.length;
  const deadLetters = async () => (await payment<{ count: number }>('/admin/dead-letters/count')).body.count;
  const openings = () => system.services.payment.output.split('What a handler calls seems to be down').length - 1;

  async function place(count: number): Promise<void> {
    const answers = await Promise.all(Array.from({ length: count }, () => system.place()));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    placed.push(...answers.map(({ body }) => body.id));
  }

  it('opens the circuit of its handler, which readiness and metrics tell of while the service stays ready', async () => {
    await place(PUT_ASIDE);
    await until(async () => (await parkedKeys()) === PUT_ASIDE, { timeoutMs: 60_000, what: 'orders to be put aside' });
    expect(await consumer()).toEqual({ status: 200, ok: true, detail: 'consuming' });

    await place(WAITING);
    await until(() => openings() > 0, { timeoutMs: 60_000, what: 'the circuit to open' });
    const detail = expect.stringMatching(`^degraded: .*${HANDLER} \\((half-)?open\\)$`) as string;
    expect(await consumer()).toEqual({ status: 200, ok: true, detail });
    expect(await circuitOpen()).toBe('1');
  }, 150_000);

  it('makes no dead letters of the orders, which stay PLACED', async () => {
    await until(async () => openings() >= OPENINGS || (await deadLetters()) > 0, {
      timeoutMs: 120_000,
      what: 'the outage to outlast the retries',
      detail: () => `the circuit opened ${openings()} times`,
    });
    const held = await heldMessages(system.databasePrefix);
    expect(held.filter(({ state }) => state === 'dead')).toEqual([]);
    expect(held.length).toBeGreaterThanOrEqual(PUT_ASIDE);
    expect((await allOrders(system)).map(({ status }) => status)).toEqual(placed.map(() => 'PLACED'));
    expect(await consumer()).toMatchObject({ status: 200, ok: true });
    expect(await circuitOpen()).toBe('1');
  }, 150_000);

  it('is asked again by itself once it is back: each order is FULFILLED and charged once, no key stays parked', async () => {
    await outage.end();
    const ended = await Promise.all(placed.map((id) => system.ended(id, 180_000)));
    expect(ended.map(({ status }) => status)).toEqual(placed.map(() => 'FULFILLED'));
    const payments = await Promise.all(placed.map((id) => system.payments(id)));
    expect(payments.map((ofOrder) => ofOrder.map(({ status }) => status))).toEqual(placed.map(() => ['CHARGED']));
    await expectBalanced(system, initial);

    await until(async () => (await parkedKeys()) === 0, { timeoutMs: 60_000, what: 'all keys to be unparked' });
    const held = await heldMessages(system.databasePrefix);
    expect(held.filter(({ state }) => state !== 'handled')).toEqual([]);
    expect(await consumer()).toEqual({ status: 200, ok: true, detail: 'consuming' });
    expect(await circuitOpen()).toBe('0');
  }, 300_000);
});
