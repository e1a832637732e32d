import { SERVICE_NAMES } from '@waybill/contracts';
import type { ServiceName } from '@waybill/contracts';
import { databaseUrl } from '@waybill/database';
import { testDatabaseServer } from '@waybill/embedded/testing';
import { Client } from 'pg';

import { call } from '../../system/api.js';
import type { OrderBody } from '../../system/api.js';
import { DocumentedCommands } from '../../system/documented-commands.js';
import { expectBalanced, stockTake } from '../../system/ledger.js';
import { LosableBroker } from '../../system/losable-broker.js';
import { RunningSystem } from '../../system/running-system.js';
import { queryService } from '../../system/service-database.js';
import { until } from '../../system/until.js';

interface Check {
  readonly ok: boolean;
  readonly detail?: string;
}

describe('a system and its broker', () => {
  let broker: LosableBroker;
  let system: RunningSystem;
  let initial: ReadonlyMap<string, number>;

  beforeAll(async () => {
    broker = await LosableBroker.start('shared');
    system = await RunningSystem.create({
      ...broker.settings,
      SAGA_STEP_DEADLINE_MS: '30000', // for a participant that joins again, on a busy machine
      MONITOR_INTERVAL_MS: '1000',
      ALERT_LANE_STILL_MS: '2000',
      ALERT_DEADLINE_HELD_MS: '1000',
    });
    const { inventory, order } = system.services;
    await Promise.all([inventory.start(), order.start()]); // from then on it knows the catalogue
    initial = await stockTake(system);
  }, 120_000);

  afterAll(async () => {
    await broker?.bringBack();
    await system?.stop();
    await broker?.remove();
  }, 60_000);

  const check = async (service: ServiceName, name: string): Promise<Check & { readonly status: number }> => {
    const { status, body } = await call<{ checks: Record<string, Check> }>(
      `${system.services[service].url}/health/ready`,
    );
    return { status, ok: false, ...body.checks[name] };
  };
  const doctor = async (): Promise<string> =>
    (await new DocumentedCommands('docs/backup-and-restore.md', system).run('waybill doctor')).stdout;
  const firing = async (service: ServiceName, rule: string): Promise<boolean> =>
    (await queryService(system, service, `SELECT FROM alert_incident WHERE rule = '${rule}' AND ended_at IS NULL`))
      .length > 0;

  /** An order whose first command lies in the outbox as the version before wrote it; its saga waits for the answer. */
  async function placedByTheVersionBefore(): Promise<OrderBody> {
    const { body: order } = await system.place();
    await system.services.order.end('SIGKILL'); // which would publish what it remembers
    const rewritten = await queryService(
      system,
      'order',
      `UPDATE outbox SET type = 'payment.process.v1', payload = convert_to(
         jsonb_set(old.data, '{paymentMethod}', old.data #> '{paymentMethod,token}')::text, 'UTF8')
       FROM (SELECT id, convert_from(payload, 'UTF8')::jsonb AS data FROM outbox WHERE type = 'payment.process.v2') old
       WHERE outbox.id = old.id AND aggregateid = '${order.id}' RETURNING 1`,
    );
    expect(rewritten).toHaveLength(1);
    const told = async () => (await check('order', 'consumer').catch(() => undefined))?.status === 503;
    system.services.order.spawn();
    await until(told, { what: 'the order service to be there again' });
    return order;
  }

  it('starts without it: takes orders, says what is missing, and fulfils them once it is there, those of the version before too (F78)', async () => {
    await Promise.all(SERVICE_NAMES.map((name) => system.services[name].end()));
    await broker.lose();
    for (const name of SERVICE_NAMES) system.services[name].spawn();
    for (const name of SERVICE_NAMES) {
      const isTold = async () => {
        const consumer = await check(name, 'consumer').catch(() => undefined);
        return consumer?.status === 503 && consumer.detail === 'the broker has not been reached since the start';
      };
      await until(isTold, { timeoutMs: 60_000, what: `${name} to say that its broker is missing` });
    }
    const old = await placedByTheVersionBefore();
    const pids = SERVICE_NAMES.map((name) => system.services[name].pid);
    const placed = await system.place();
    expect(placed).toMatchObject({ status: 201, body: { status: 'PLACED' } });
    expect(await doctor()).toContain('the broker has not been reached since the start');

    await broker.bringBack();
    for (const { id } of [placed.body, old]) {
      expect(await system.ended(id, 90_000)).toMatchObject({ status: 'FULFILLED' });
    }
    expect((await system.timeline(old.id)).map(({ type }) => type)).toContain('payment.charged.v1');
    await Promise.all(SERVICE_NAMES.map((name) => system.services[name].ready()));
    expect(SERVICE_NAMES.map((name) => system.services[name].pid)).toEqual(pids);
    await expectBalanced(system, initial);
  }, 180_000);

  it('makes a topic again that somebody deletes while it runs, and names it, a lane that stands still, and the deadlines that are held (F64, F68, F70)', async () => {
    const ended = SERVICE_NAMES.map((name) => system.services[name]).filter(({ isRunning }) => !isRunning);
    await Promise.all(ended.map((service) => service.start())); // where it runs without the test before it
    const blocker = new Client({
      connectionString: databaseUrl(testDatabaseServer(), `${system.databasePrefix}order`),
    });
    await blocker.connect();
    try {
      await blocker.query('BEGIN');
      await blocker.query('LOCK TABLE inbox IN SHARE ROW EXCLUSIVE MODE'); // whatever holds a transaction up
      const { body: order } = await system.place();
      await system.broker.deleteTopic('shipping.commands'); // which it comes to only later
      const isStill = async () =>
        /payment\.events\/\d+ stands still at \d+/.test((await check('order', 'consumer')).detail ?? '');
      await until(isStill, { timeoutMs: 60_000, what: 'readiness to name the lane' });
      const isLost = async () => (await check('shipping', 'lanes')).detail?.includes('shipping.commands') === true;
      await until(isLost, { timeoutMs: 60_000, what: 'readiness to name the topic' });
      for (const [service, rule] of [
        ['order', 'lane-still'],
        ['order', 'deadline-held'],
        ['shipping', 'lane-issue'],
      ] as const) {
        await until(() => firing(service, rule), { timeoutMs: 60_000, what: `the alert ${rule} of ${service}` });
      }
      const told = await doctor();
      expect(told).toMatch(/payment\.events\/\d+ stands still at \d+ for \d+ s: its handler has not ended/);
      expect(told).toMatch(/shipping\.commands[\s\S]*lanes settle/);
      const metrics = await fetch(`${system.services.order.url}/metrics`).then((response) => response.text());
      expect(metrics).toMatch(/^waybill_consumer_lane_still_seconds\{group="order",topic="payment\.events"\} [1-9]/m);
      expect(metrics).toMatch(/^waybill_saga_deadlines_held\{status="RUNNING"\} 1$/m);
      const { body: topics } = await call<readonly { topic: string; issues: readonly string[] }[]>(
        `${system.services.shipping.url}/admin/topics`,
      );
      expect(topics.find(({ topic }) => topic === 'shipping.commands')?.issues).not.toEqual([]);
      await blocker.query('ROLLBACK');
      expect(await system.ended(order.id)).toMatchObject({ status: 'FULFILLED' });
    } finally {
      await blocker.end();
    }
    await expectBalanced(system, initial);
  }, 180_000);
});
