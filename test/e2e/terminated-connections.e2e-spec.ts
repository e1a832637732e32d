import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { SERVICE_NAMES } from '@waybill/contracts';

import { call } from '../system/api.js';
import type { OrderBody } from '../system/api.js';
import { heldMessages } from '../system/held-messages.js';
import type { HeldMessage } from '../system/held-messages.js';
import { allOrders, expectBalanced, stockTake } from '../system/ledger.js';
import { RunningSystem } from '../system/running-system.js';
import { ServerConnections } from '../system/server-connections.js';
import { queryService } from '../system/service-database.js';
import type { ServiceProcess } from '../system/service-process.js';
import { until } from '../system/until.js';

const ROUNDS_UNDER_LOAD = 20;
const ROUNDS_WHILE_IDLE = 5;
const CUSTOMERS = 4;

interface Ready {
  readonly checks: Readonly<Record<string, { readonly ok: boolean }>>;
}

describe('a database server that closes all connections of all services', () => {
  let system: RunningSystem;
  let replica: ServiceProcess;
  let connections: ServerConnections;
  let initial: ReadonlyMap<string, number>;
  let listening: Readonly<Record<string, number>>;
  let pids: readonly (number | undefined)[];
  /** What an earlier attempt at the test has left. */
  let lostBefore: ReadonlySet<string>;

  beforeAll(async () => {
    system = await RunningSystem.start();
    replica = await system.replica('order');
    await replica.start();
    connections = await ServerConnections.open(system.databasePrefix);
    initial = await stockTake(system);
    listening = await connections.listeners();
    pids = processes().map(({ pid }) => pid);
  }, 150_000);

  beforeEach(async () => {
    lostBefore = new Set();
    lostBefore = new Set((await lost()).map(({ messageId }) => messageId));
  });

  afterEach(async () => {
    await connections.setReadOnly(SERVICE_NAMES, false); // for the next attempt at a test that failed
  });

  afterAll(async () => {
    await connections?.close();
    await Promise.all([system?.stop(), replica?.end()]);
  }, 60_000);

  /**
   * Messages that didn't end by themselves. The simulated providers' connections are closed too: a call that fails for it
   * postpones its message, or costs an attempt while the provider doesn't count as down, and the message is then handled.
   */
  const lost = async (): Promise<readonly HeldMessage[]> =>
    (await heldMessages(system.databasePrefix)).filter(
      ({ messageId, state, reason, lastError }) =>
        !lostBefore.has(messageId) &&
        (state !== 'handled' || (reason !== 'POSTPONED' && !lastError?.includes('libs/simulator/'))),
    );

  /** Ids of the processes that live; of one that has ended, its last words. */
  const alive = (): readonly unknown[] =>
    processes().map(({ name, pid, isRunning, output }) => (isRunning ? pid : `${name} ended: ${output.slice(-3_000)}`));
  const processes = (): readonly ServiceProcess[] => [...SERVICE_NAMES.map((name) => system.services[name]), replica];

  /**
   * At least this many rounds. On a machine so busy that a second isn't enough for anything, a round takes longer: until one more order
   * was taken, if any are placed. @returns how many connections were closed.
   */
  async function terminateEachSecond(rounds: number, placed?: readonly string[]): Promise<number> {
    let closed = 0;
    for (let round = 0; round < rounds; round += 1) {
      closed += await connections.terminateAll();
      const before = placed?.length ?? -1;
      await delay(1_000); // the failure's own rhythm
      await until(() => (placed?.length ?? 0) > before, { timeoutMs: 30_000, what: 'an order to be taken' });
      expect(alive()).toEqual(pids);
    }
    return closed;
  }

  /** Places one order as a careful client does: with a key, again until it has an answer. */
  async function placeSurely(customerId: string, key: string): Promise<string> {
    let id = '';
    await until(
      async () => {
        const answer = await system.place({ customerId }, { 'idempotency-key': key }).catch(() => undefined);
        if (answer !== undefined && answer.status < 500 && answer.status !== 409) {
          expect(answer.status).toBe(201);
          id = answer.body.id;
        }
        return id !== '';
      },
      { timeoutMs: 60_000, what: `an answer to ${key}` },
    );
    return id;
  }

  it('each second loses, doubles and dead-letters nothing of the orders that flow meanwhile, and no process exits (F58)', async () => {
    const customerId = `cust-${randomUUID()}`;
    const placed: string[] = [];
    const closing = new AbortController();
    const customers = Array.from({ length: CUSTOMERS }, async (_, customer) => {
      for (let n = 0; !closing.signal.aborted; n += 1) {
        placed.push(await placeSurely(customerId, `${customerId}-${customer}-${n}`));
        await delay(250); // enough to meet every second's closing; more would only keep the machine from its other specs
      }
    });
    const closed = await terminateEachSecond(ROUNDS_UNDER_LOAD, placed).finally(() => closing.abort());
    await Promise.all(customers);

    const ended = await Promise.all(placed.map((id) => system.ended(id, 60_000)));
    expect(ended.filter(({ status }) => status !== 'FULFILLED')).toEqual([]);
    const found = (await allOrders(system)).filter((order) => order.customerId === customerId);
    expect(found.map(({ id }) => id).toSorted()).toEqual(placed.toSorted());
    expect(closed).toBeGreaterThan(ROUNDS_UNDER_LOAD * SERVICE_NAMES.length);
    await expectBalanced(system, initial);
    expect(await lost()).toEqual([]);
    expect(alive()).toEqual(pids);
  }, 180_000);

  it('each second leaves idle services ready, and listening as before (F58)', async () => {
    await terminateEachSecond(ROUNDS_WHILE_IDLE);
    expect(alive()).toEqual(pids);
    await Promise.all(processes().map((process) => process.ready()));
    let now: Readonly<Record<string, number>> = {};
    await until(
      async () => {
        now = await connections.listeners();
        return JSON.stringify(now) === JSON.stringify(listening);
      },
      {
        what: 'everybody to listen again',
        detail: () => `before: ${JSON.stringify(listening)}, now: ${JSON.stringify(now)}`,
      },
    );
    expect(Object.keys(listening)).toEqual(expect.arrayContaining(['inventory', 'order', 'payment', 'shipping']));

    const placed = await Promise.all(Array.from({ length: 8 }, () => system.place({ paymentMethod: 'pm_card_slow' })));
    const waited = await Promise.all(
      placed.flatMap(({ body }) =>
        [system.services.order, replica].map(async ({ url }) => {
          const startedAt = Date.now();
          const answer = await call<OrderBody>(`${url}/orders/${body.id}`, { headers: { prefer: 'wait=25' } });
          return { status: answer.body.status, soon: Date.now() - startedAt < 15_000 };
        }),
      ),
    );
    // Half of them end at the other replica: the waiting client hears of it by a notification or not at all.
    expect(waited).toEqual(waited.map(() => ({ status: 'FULFILLED', soon: true })));
    await expectBalanced(system, initial);
    expect(await lost()).toEqual([]);
  }, 120_000);

  const readiness = () =>
    Promise.all(
      processes().map(async ({ url }) => {
        const { status, body } = await call<Ready>(`${url}/health/ready`);
        return { status, database: body.checks['database']?.ok };
      }),
    );

  async function leases(where = 'true'): Promise<readonly Record<string, unknown>[]> {
    const rows = `SELECT expires_at FROM outbox_lease WHERE ${where}`;
    return (await Promise.all(SERVICE_NAMES.map((name) => queryService(system, name, rows)))).flat();
  }

  it('and then takes no writes turns readiness red and orders away with 503 and Retry-After, until its successor is there (F69)', async () => {
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

    const lentMs = Math.max(...(await leases()).map(({ expires_at: at }) => Number(at)));
    await connections.setReadOnly(SERVICE_NAMES, false);
    await Promise.all(processes().map((service) => service.ready()));
    const placed = [...inFlight, await system.place()].map(({ body }) => body.id);
    const ended = await Promise.all(placed.map((id) => system.ended(id, 90_000)));
    expect(ended.map(({ status }) => status)).toEqual(placed.map(() => 'FULFILLED'));
    const isLate = `expires_at <= to_timestamp(${lentMs} / 1000.0)`;
    await until(async () => (await leases(isLate)).length === 0, {
      timeoutMs: 60_000,
      what: 'every shard of every outbox to have a relay again',
    });
    expect(await lost()).toEqual([]);
    expect(alive()).toEqual(pids);
    await expectBalanced(system, initial);
  }, 180_000);
});
