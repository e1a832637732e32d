import type { ServiceName } from '@waybill/contracts';

import { call } from '../../system/api.js';
import type { OrderBody, TimelineEntry } from '../../system/api.js';
import { orderRequest } from '../../system/api.js';
import { expectBalanced, stockTake } from '../../system/ledger.js';
import { RunningSystem } from '../../system/running-system.js';
import { queryService } from '../../system/service-database.js';
import type { ServiceProcess } from '../../system/service-process.js';
import { skewedClock } from '../../system/skewed-clock.js';
import { until } from '../../system/until.js';

const ORDERS = 12;
/** Longer than the deadlines of the order service that is fast, too. */
const SKEW_MS = 1_200_000;
/** Far more than a busy machine is late, far less than the clocks are off. */
const TOLERANCE_MS = 60_000;
/** Of the steps that a slow replica starts; all others have the ten minutes that are usual in these tests. */
const SHORT_DEADLINE_MS = 3_000;

/** The clocks of all four services are twenty minutes fast; what they do goes by the database's. */
describe('deadlines on the running system', () => {
  let system: RunningSystem;
  let initial: ReadonlyMap<string, number>;
  let startedAtMs: number;
  /** A replica of the order service whose clock is slow. */
  let slow: ServiceProcess | undefined;

  beforeAll(async () => {
    startedAtMs = Date.now();
    system = await RunningSystem.start(skewedClock(SKEW_MS));
    initial = await stockTake(system);
  }, 120_000);

  afterAll(() => Promise.all([system?.stop(), slow?.end()]), 60_000);

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
  /** As after ten minutes, while no order service runs. */
  const passDeadlines = () =>
    queryService(
      system,
      'order',
      `UPDATE saga_instance SET deadline_at = clock_timestamp() - interval '1 ms', wake_at = clock_timestamp() - interval '1 ms'
        WHERE status = 'RUNNING'`,
    );

  async function place(orders: number): Promise<readonly string[]> {
    const answers = await Promise.all(Array.from({ length: orders }, () => system.place()));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    return answers.map(({ body }) => body.id);
  }

  function expectTimes(timeline: readonly TimelineEntry[]): void {
    const times = timeline.map(({ at }) => Date.parse(at));
    expect(timeline[0]).toMatchObject({ kind: 'http', type: 'POST /orders' });
    expect(Math.min(...times)).toBeGreaterThan(startedAtMs - TOLERANCE_MS);
    expect(Math.max(...times)).toBeLessThan(Date.now() + TOLERANCE_MS);
  }

  /** @returns how often a command of this type was sent, by order. */
  async function expectUntouched(ids: readonly string[], command: string): Promise<readonly number[]> {
    const ended = await Promise.all(ids.map((id) => system.ended(id, 90_000)));
    expect(ended.map(({ status }) => status)).toEqual(ids.map(() => 'FULFILLED'));
    const payments = await Promise.all(ids.map((id) => system.payments(id)));
    expect(payments.map((ofOrder) => ofOrder.map(({ status }) => status))).toEqual(ids.map(() => ['CHARGED']));
    await expectBalanced(system, initial);
    const timelines = await Promise.all(ids.map((id) => system.timeline(id)));
    timelines.forEach(expectTimes);
    return timelines.map((entries) => entries.filter(({ type }) => type === command).length);
  }

  it('undo nothing whose answer waits at the broker until the order service is back from a crash (F64)', async () => {
    system.services.payment.freeze();
    const ids = await place(ORDERS);
    await published('order');
    await system.services.order.end('SIGKILL'); // for the rest of its session, nobody else reads the answers
    system.services.payment.thaw();
    await answered('payment', 'payment', 'CHARGED', ORDERS);
    await published('payment');
    await passDeadlines();
    await system.services.order.start();
    expect(await expectUntouched(ids, 'payment.process.v2')).toEqual(ids.map(() => 1));
  }, 120_000);

  it('fire neither early nor late, lend no lease for longer than it is, and tell the times as they were (F65)', async () => {
    const { order: fast, payment } = system.services;
    payment.freeze();
    const [patient = ''] = await place(1);
    await fast.end();
    const deadline = { SAGA_STEP_DEADLINE_MS: String(SHORT_DEADLINE_MS) };
    slow = await system.replica('order', { ...skewedClock(-SKEW_MS), ...deadline });
    await slow.start();
    const { status, body: hasty } = await call<OrderBody>(`${slow.url}/orders`, {
      method: 'POST',
      body: orderRequest(),
    });
    expect(status).toBe(201);
    await until(async () => (await count('order', `saga_instance WHERE status = 'COMPENSATING'`)) > 0, {
      timeoutMs: 60_000,
      what: 'the deadline to fire',
    });
    const [fired] = await queryService(
      system,
      'order',
      `SELECT id, extract(epoch FROM updated_at - created_at)::float8 * 1000 AS ms FROM saga_instance
        WHERE status = 'COMPENSATING'`,
    );
    expect(fired).toMatchObject({ id: hasty.id });
    expect(fired?.['ms']).toBeGreaterThanOrEqual(SHORT_DEADLINE_MS);
    expect(fired?.['ms']).toBeLessThan(SHORT_DEADLINE_MS + TOLERANCE_MS);

    await fast.start(); // looks at all deadlines at once
    const [lease] = await queryService(
      system,
      'order',
      'SELECT extract(epoch FROM max(expires_at) - clock_timestamp())::float8 * 1000 AS ms FROM outbox_lease',
    );
    expect(lease?.['ms']).toBeLessThan(TOLERANCE_MS);
    await slow.end(); // it would give the other order its short deadline
    payment.thaw();
    expect(await system.ended(patient, 90_000)).toMatchObject({ status: 'FULFILLED' });
    expect(await system.ended(hasty.id, 90_000)).toMatchObject({ status: 'REJECTED' });
    await expectBalanced(system, initial);
    for (const id of [patient, hasty.id]) {
      const timeline = await system.timeline(id);
      expectTimes(timeline);
      const seen = new Set<string | null>([null, timeline[0]?.messageId ?? null]);
      for (const { messageId, causationId } of timeline) {
        expect(seen).toContain(causationId);
        seen.add(messageId);
      }
    }
  }, 120_000);

  it('ask again, and undo nothing, where the topic of the answers was deleted with answers in it (F64, F70)', async () => {
    await system.placeAndWait(); // leaves a position in the topic
    const shipped = await count('shipping', `shipment WHERE status = 'CREATED'`);
    system.services.shipping.freeze();
    const ids = await place(ORDERS);
    const waiting = `saga_instance WHERE step = 'create-shipment' AND status = 'RUNNING'`;
    await until(async () => (await count('order', waiting)) === ORDERS, { what: 'all orders to wait for shipments' });
    await published('order');
    await system.services.order.end(); // what it has fetched isn't lost
    system.services.shipping.thaw();
    await answered('shipping', 'shipment', 'CREATED', shipped + ORDERS);
    await published('shipping');
    await system.broker.deleteTopic('shipping.events');
    await passDeadlines();
    await system.services.order.start();
    expect(await expectUntouched(ids, 'shipping.create-shipment.v1')).toEqual(ids.map(() => 2));
    const told = async () => {
      const { body } = await call<{ checks: Record<string, { detail?: string }> }>(
        `${system.services.order.url}/health/ready`,
      );
      return body.checks['lanes']?.detail?.includes('shipping.events') === true;
    };
    await until(told, { what: 'readiness to name the topic' });
  }, 120_000);
});
