import type { ServiceName } from '@waybill/contracts';

import { call } from '../../system/api.js';
import type { OrderBody, TimelineEntry } from '../../system/api.js';
import { orderRequest } from '../../system/api.js';
import { deleteTopic } from '../../system/delete-topic.js';
import { expectBalanced, readLedger, stockTake } from '../../system/ledger.js';
import { RunningSystem } from '../../system/running-system.js';
import { queryService } from '../../system/service-database.js';
import type { ServiceProcess } from '../../system/service-process.js';
import { skewedClock } from '../../system/skewed-clock.js';
import { until } from '../../system/until.js';

/** Long enough for a busy machine to answer within it. */
const DEADLINE_MS = 8_000;
const ORDERS = 12;
const SKEW_MS = 120_000;
/** Far more than a busy machine is late, far less than the clocks are off. */
const TOLERANCE_MS = 60_000;

describe('deadlines on the running system', () => {
  let system: RunningSystem;
  let initial: ReadonlyMap<string, number>;

  beforeAll(async () => {
    system = await RunningSystem.start({ SAGA_STEP_DEADLINE_MS: String(DEADLINE_MS) });
    initial = await stockTake(system);
  }, 120_000);

  afterAll(() => system?.stop(), 60_000);

  const count = async (service: ServiceName, from: string): Promise<number> =>
    Number((await queryService(system, service, `SELECT count(*) AS n FROM ${from}`))[0]?.['n']);
  const published = (service: ServiceName) =>
    until(async () => (await count(service, 'outbox WHERE published_at IS NULL')) === 0, {
      what: `${service} to publish what it has decided`,
    });
  const answered = (service: ServiceName, table: string, status: string, orders: number) =>
    until(async () => (await count(service, `${table} WHERE status = '${status}'`)) >= orders, {
      what: `${service} to answer`,
    });
  const pastDeadline = () =>
    until(async () => (await count('order', 'saga_instance WHERE deadline_at > clock_timestamp()')) === 0, {
      what: 'every deadline to pass',
    });

  async function place(orders: number): Promise<readonly string[]> {
    const answers = await Promise.all(Array.from({ length: orders }, () => system.place()));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    return answers.map(({ body }) => body.id);
  }

  /** Orders whose payment is asked for, and not yet made. */
  async function placeUnpaid(): Promise<readonly string[]> {
    system.services.payment.freeze();
    const ids = await place(ORDERS);
    await published('order');
    return ids;
  }

  /** Lets the payments be made; the answers are at the broker then. */
  async function pay(): Promise<void> {
    const paid = await count('payment', `payment WHERE status = 'CHARGED'`);
    system.services.payment.thaw();
    await answered('payment', 'payment', 'CHARGED', paid + ORDERS);
    await published('payment');
  }

  const isUp = () =>
    call(`${system.services.order.url}/health/live`).then(
      () => true,
      () => false,
    );

  async function expectUntouched(ids: readonly string[]): Promise<void> {
    const ended = await Promise.all(ids.map((id) => system.ended(id, 90_000)));
    expect(ended.map(({ status }) => status)).toEqual(ids.map(() => 'FULFILLED'));
    const payments = await Promise.all(ids.map((id) => system.payments(id)));
    expect(payments.map((ofOrder) => ofOrder.map(({ status }) => status))).toEqual(ids.map(() => ['CHARGED']));
    expect((await readLedger(system, initial)).refunded).toBe(0);
    await expectBalanced(system, initial);
  }

  it('undo nothing whose answer waits at the broker, however long the order service stands still (F64)', async () => {
    const ids = await placeUnpaid();
    system.services.order.freeze();
    await pay();
    await pastDeadline();
    system.services.order.thaw();
    await expectUntouched(ids);
  }, 120_000);

  it('undo nothing either if it is killed, and killed again past them (F64)', async () => {
    const ids = await placeUnpaid();
    await system.services.order.end('SIGKILL');
    await pay();
    await pastDeadline();
    system.services.order.spawn();
    await until(isUp, { what: 'the order service to be up' });
    await system.services.order.end('SIGKILL');
    await system.services.order.start();
    await expectUntouched(ids);
  }, 120_000);

  it('ask again, and undo nothing, where the topic of the answers was deleted with answers in it (F64, F70)', async () => {
    const shipped = await count('shipping', `shipment WHERE status = 'CREATED'`);
    system.services.shipping.freeze();
    const ids = await place(ORDERS);
    await until(
      async () =>
        (await count('order', `saga_instance WHERE step = 'create-shipment' AND status = 'RUNNING'`)) === ORDERS,
      {
        what: 'all orders to wait for their shipment',
      },
    );
    await published('order');
    await system.services.order.end(); // what it has fetched isn't lost
    system.services.shipping.thaw();
    await answered('shipping', 'shipment', 'CREATED', shipped + ORDERS);
    await published('shipping');
    await deleteTopic(system, 'shipping.events');
    await pastDeadline();
    await system.services.order.start();
    await expectUntouched(ids);
    const timelines = await Promise.all(ids.map((id) => system.timeline(id)));
    const asked = timelines.map(
      (entries) => entries.filter(({ type }) => type === 'shipping.create-shipment.v1').length,
    );
    expect(asked).toEqual(ids.map(() => 2));
    const told = async () => {
      const { body } = await call<{ checks: Record<string, { detail?: string }> }>(
        `${system.services.order.url}/health/ready`,
      );
      return body.checks['lanes']?.detail?.includes('shipping.events') === true;
    };
    await until(told, { what: 'readiness to name the topic' });
  }, 120_000);

  describe('with replicas of the order service whose clocks are two minutes fast and slow', () => {
    let fast: ServiceProcess;
    let slow: ServiceProcess;

    beforeAll(async () => {
      await system.services.order.end();
      fast = await system.replica('order', skewedClock(SKEW_MS));
      slow = await system.replica('order', skewedClock(-SKEW_MS));
      await Promise.all([fast.start(), slow.start()]);
    }, 120_000);

    afterAll(async () => {
      await Promise.all([fast?.end(), slow?.end()]);
    }, 60_000);

    const placeAt = async (replica: ServiceProcess): Promise<OrderBody> => {
      const { status, body } = await call<OrderBody>(`${replica.url}/orders`, { method: 'POST', body: orderRequest() });
      expect(status).toBe(201);
      return body;
    };
    const endAt = async (replica: ServiceProcess, id: string, status: OrderBody['status']) => {
      const look = () => call<OrderBody>(`${replica.url}/orders/${id}`, { headers: { prefer: 'wait=5' } });
      await until(async () => (await look()).body.status === status, {
        timeoutMs: 90_000,
        what: `${id} to be ${status}`,
      });
      return (await call<readonly TimelineEntry[]>(`${replica.url}/orders/${id}/timeline`)).body;
    };

    it('tell the times of what happens as it happened, in order (F65)', async () => {
      const from = Date.now() - TOLERANCE_MS;
      const orders = await Promise.all([fast, slow, fast, slow].map(placeAt));
      for (const { id } of orders) {
        const timeline = await endAt(slow, id, 'FULFILLED');
        const times = timeline.map(({ at }) => Date.parse(at));
        expect(timeline[0]).toMatchObject({ kind: 'http', type: 'POST /orders' });
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(Math.min(...times)).toBeGreaterThan(from);
        expect(Math.max(...times)).toBeLessThan(Date.now() + TOLERANCE_MS);
        const seen = new Set<string | null>([null, timeline[0]?.messageId ?? null]);
        for (const { messageId, causationId } of timeline) {
          expect(seen).toContain(causationId);
          seen.add(messageId);
        }
      }
    }, 120_000);

    it('fire neither early nor late, and lend no lease for longer than it is (F65)', async () => {
      system.services.payment.freeze();
      try {
        await expectFired(await placeAt(fast));
        const [lease] = await queryService(
          system,
          'order',
          'SELECT extract(epoch FROM max(expires_at) - clock_timestamp())::float8 * 1000 AS ms FROM outbox_lease',
        );
        expect(lease?.['ms']).toBeLessThan(TOLERANCE_MS);
        await fast.end();
        await expectFired(await placeAt(slow));
      } finally {
        system.services.payment.thaw();
      }
      await until(async () => (await count('order', `order_view WHERE status = 'REJECTED'`)) === 2, {
        timeoutMs: 60_000,
        what: 'the orders that nobody answered to be undone',
      });
      await system.services.order.start();
      await expectBalanced(system, initial);
    }, 120_000);

    async function expectFired({ id }: OrderBody): Promise<void> {
      const of = (what: string) => `SELECT ${what} FROM saga_instance WHERE id = '${id}'`;
      const isUndone = async () =>
        (await queryService(system, 'order', of('status')))[0]?.['status'] === 'COMPENSATING';
      await until(isUndone, { timeoutMs: 60_000, what: 'the deadline to fire' });
      const tookMs = of('extract(epoch FROM updated_at - created_at)::float8 * 1000 AS ms');
      const [fired] = await queryService(system, 'order', tookMs);
      expect(fired?.['ms']).toBeGreaterThanOrEqual(DEADLINE_MS);
      expect(fired?.['ms']).toBeLessThan(DEADLINE_MS + TOLERANCE_MS);
    }
  });
});
