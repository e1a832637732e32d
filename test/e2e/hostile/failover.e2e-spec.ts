import { SERVICE_NAMES } from '@waybill/contracts';

import { call } from '../../system/api.js';
import { heldMessages } from '../../system/held-messages.js';
import { expectBalanced, stockTake } from '../../system/ledger.js';
import { RunningSystem } from '../../system/running-system.js';
import { ServerConnections } from '../../system/server-connections.js';
import { queryService } from '../../system/service-database.js';
import { until } from '../../system/until.js';

interface Ready {
  readonly checks: Readonly<Record<string, { readonly ok: boolean }>>;
}

describe('a PostgreSQL primary that stops taking writes, and its successor', () => {
  let system: RunningSystem;
  let connections: ServerConnections;
  let initial: ReadonlyMap<string, number>;

  beforeAll(async () => {
    system = await RunningSystem.start({ SAGA_STEP_DEADLINE_MS: '900000' });
    connections = await ServerConnections.open(system.databasePrefix);
    initial = await stockTake(system);
  }, 120_000);

  afterAll(async () => {
    await connections?.setReadOnly(SERVICE_NAMES, false);
    await Promise.all([connections?.close(), system?.stop()]);
  }, 60_000);

  const services = () => SERVICE_NAMES.map((name) => system.services[name]);
  const readiness = () =>
    Promise.all(
      services().map(async ({ url }) => {
        const { status, body } = await call<Ready>(`${url}/health/ready`);
        return { status, database: body.checks['database']?.ok };
      }),
    );

  it('turn readiness red, refuse orders with 503 and Retry-After, and then let traffic flow again by itself (F69)', async () => {
    const pids = services().map(({ pid }) => pid);
    const inFlight = await Promise.all(
      Array.from({ length: 10 }, () => system.place({ paymentMethod: 'pm_card_slow' })),
    );
    expect(inFlight.map(({ status }) => status)).toEqual(inFlight.map(() => 201));

    await connections.setReadOnly(SERVICE_NAMES, true);
    await connections.terminateAll();
    const isRed = async () => (await readiness()).every(({ status, database }) => status === 503 && database === false);
    await until(isRed, { timeoutMs: 60_000, what: 'every service to say that its database takes no writes' });
    const refused = await system.place();
    expect(refused).toMatchObject({ status: 503, body: { code: 'DATABASE_UNAVAILABLE' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);

    await connections.setReadOnly(SERVICE_NAMES, false);
    await Promise.all(services().map((service) => service.ready()));
    const placed = [...inFlight, await system.place()].map(({ body }) => body.id);
    const ended = await Promise.all(placed.map((id) => system.ended(id, 90_000)));
    expect(ended.map(({ status }) => status)).toEqual(placed.map(() => 'FULFILLED'));
    expect(await heldMessages(system.databasePrefix)).toEqual([]); // neither a dead letter nor an attempt that failed
    expect(services().map(({ pid, isRunning }) => isRunning && pid)).toEqual(pids);
    await expectBalanced(system, initial);
  }, 180_000);

  it('leave every shard of every outbox with a relay that lives (F69)', async () => {
    const orphans = `SELECT FROM outbox_lease
      WHERE expires_at <= clock_timestamp() OR owner NOT IN (SELECT owner FROM outbox_relay) OR owner IS NULL`;
    const left = async () =>
      (await Promise.all(SERVICE_NAMES.map((name) => queryService(system, name, orphans)))).flat();
    await until(async () => (await left()).length === 0, { timeoutMs: 60_000, what: 'every shard to be owned' });
  }, 90_000);
});
