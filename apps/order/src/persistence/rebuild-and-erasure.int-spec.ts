import { setTimeout as sleep } from 'node:timers/promises';

import { orderClient, validBody } from '../testing/order-client.js';
import { startOrderService } from '../testing/order-service.js';
import type { OrderService } from '../testing/order-service.js';
import { answers } from '../testing/participants.js';
import { OrderProjections } from './order-projections.js';

jest.setTimeout(60_000);

const [CUSTOMER, REASON] = ['cust-zoe', 'Zoe has moved'];
const MARKS = [CUSTOMER, REASON];
/** What a batch that a test holds up waits for. */
const GATE = '20027, 8';

describe('a rebuild in the midst of which a customer is erased', () => {
  let service: OrderService;
  let client: ReturnType<typeof orderClient>;
  let projections: OrderProjections;

  beforeAll(async () => {
    service = await startOrderService();
    client = orderClient(service.app);
    projections = service.app.get(OrderProjections);
    await ask(`CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_xact_lock_shared(${GATE}); RETURN NULL; END $$`);
  }, 60_000);
  afterEach(async () => {
    for (const table of ['order_view', 'customer_order']) await ask(`DROP TRIGGER IF EXISTS gate ON ${table}`);
  });
  afterAll(() => service?.stop());

  const ask = <Row extends object>(text: string) => service.database.query<Row>({ name: '', text });
  async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 30_000; Date.now() < end; await sleep(20)) if (await isSo()) return;
    throw new Error(`${what}: not within 30 seconds; ${JSON.stringify(await projections.list())}`);
  }

  /** Of all schemas: those of a rebuild are in one of their own. */
  async function tablesWith(text: string): Promise<readonly string[]> {
    const tables = await ask<{ name: string }>(`SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
      WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`);
    const found = await Promise.all(
      tables.map(async ({ name }) => {
        const rows = await ask(`SELECT 1 FROM ${name} AS t WHERE strpos(t::text, '${text}') > 0 LIMIT 1`);
        return rows.length > 0 ? name : [];
      }),
    );
    return found.flat();
  }

  /** Takes a lock on a connection of its own. @returns how to let it go */
  async function hold(lock: string): Promise<() => Promise<void>> {
    let letGo = () => {};
    const isOver = new Promise<void>((resolve) => (letGo = resolve));
    let taken = () => {};
    const isTaken = new Promise<void>((resolve) => (taken = resolve));
    const holding = service.database.transaction(async (tx) => {
      await tx.query({ name: '', text: lock });
      taken();
      await isOver;
    });
    await Promise.race([isTaken, holding]);
    return async () => {
      letGo();
      await holding;
    };
  }

  /** Has a rebuild read the customer's events, and stop before it writes what it has made of them. */
  async function holdBeforeItWrites(name: string, table: string): Promise<() => Promise<void>> {
    const letGo = await hold(`SELECT pg_advisory_xact_lock(${GATE})`);
    await begin(
      name,
      `CREATE TRIGGER gate BEFORE INSERT ON projection_rebuild.${table} EXECUTE FUNCTION public.wait_at_gate()`,
    );
    await until('the batch to wait', async () => {
      const waiting = await ask(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND (classid, objid) = (${GATE}) AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
      return waiting.length > 0;
    });
    return letGo;
  }

  /** Has a rebuild write the customer's rows, and stop before it puts its tables in the place of those in use. */
  async function holdBeforeItSwitches(name: string, table: string): Promise<() => Promise<void>> {
    const letGo = await hold(`LOCK TABLE public.${table} IN ACCESS SHARE MODE`);
    await begin(name);
    await until('their rows', async () => (await tablesWith(CUSTOMER)).includes(`projection_rebuild.${table}`));
    return letGo;
  }

  async function begin(name: string, more?: string): Promise<void> {
    await service.database.transaction(async (tx) => {
      expect(await projections.rebuild(tx, name, { by: 'ada', reason: 'test' })).toBe(true);
      if (more !== undefined) await tx.query({ name: '', text: more });
    });
  }

  it.each([
    ['order-view', 'order_view', 'what it has read of them is written', holdBeforeItWrites],
    ['order-view', 'order_view', 'it switches', holdBeforeItSwitches],
    ['customer-orders', 'customer_order', 'what it has read of them is written', holdBeforeItWrites],
    ['customer-orders', 'customer_order', 'it switches', holdBeforeItSwitches],
  ] as const)('leaves nothing of them in %s (%s), erased before %s (F81, F87)', async (name, table, _, holdIt) => {
    const { id } = await client.place({ ...validBody, customerId: CUSTOMER });
    await client.cancel(id, REASON).expect(202);
    await service.answer(answers.declined(id), answers.refunded(id));
    await until('the log to be read', async () => (await projections.list()).every(({ lagEvents }) => lagEvents === 0));
    for (const mark of MARKS) expect(await tablesWith(mark)).not.toEqual([]);
    const letGo = await holdIt(name, table);
    const erasure = { who: 'ada', why: 'request 4711', customerId: CUSTOMER };
    await client.http().post('/admin/erasures').send(erasure).expect(200);
    expect((await projections.find(name)).rebuild).toMatchObject({ status: 'RUNNING' });
    await letGo();
    await until('the switch', async () => (await projections.find(name)).rebuild?.status === 'DONE');
    await until('the log to be read', async () => (await projections.list()).every(({ lagEvents }) => lagEvents === 0));
    for (const mark of MARKS) expect(await tablesWith(mark)).toEqual([]);
    const [row] = await ask<{ row: string }>(
      `SELECT t::text AS row FROM ${table} AS t WHERE strpos(t::text, '${id}') > 0`,
    );
    expect(row?.row).toContain('(erased)');
  });
});
