import { setTimeout as sleep } from 'node:timers/promises';

import type { ReceivedMessage } from '@waybill/messaging';

import { erasePersonalData } from '../domain/order.js';
import { encodePosition } from '../http/position.js';
import { orderClient, validBody } from '../testing/order-client.js';
import { startOrderService } from '../testing/order-service.js';
import type { OrderService } from '../testing/order-service.js';
import { answers } from '../testing/participants.js';
import { orderEventStore } from './order-event-store.js';
import { OrderProjections } from './order-projections.js';
import { Orders } from './orders.postgres.js';

jest.setTimeout(60_000);

const { charged, declined, reserved, shipped } = answers;
const WHY = { by: 'ada', reason: 'test' };

interface History {
  readonly items: readonly { orderId: string; status: string; placedAt: string }[];
  readonly nextCursor: string | null;
}

describe('projections of orders', () => {
  let service: OrderService;
  let client: ReturnType<typeof orderClient>;
  let projections: OrderProjections;

  beforeAll(async () => {
    service = await startOrderService();
    client = orderClient(service.app);
    projections = service.app.get(OrderProjections);
  }, 60_000);

  afterAll(() => service.stop());

  const placeFor = (customerId: string, items: object = validBody.items) =>
    client.place({ ...validBody, customerId, items });
  const history = (customerId: string, query: object = {}, headers: Record<string, string> = {}) =>
    client.http().get(`/customers/${customerId}/orders`).query(query).set(headers);
  async function fulfil(id: string): Promise<void> {
    for (const answer of [charged, reserved, shipped]) await service.answer(answer(id));
  }
  async function untilUpToDate(): Promise<void> {
    for (const end = Date.now() + 30_000; Date.now() < end; await sleep(20)) {
      if ((await projections.list()).every(({ lagEvents }) => lagEvents === 0)) return;
    }
    throw new Error(JSON.stringify(await projections.list()));
  }
  const rows = (table: string) =>
    service.database.query<{ row: string }>({
      name: '',
      text: `SELECT to_jsonb(t)::text || coalesce(to_jsonb(t)->>'items', '') AS row FROM ${table} AS t ORDER BY 1`,
    });

  const tables = () => Promise.all(['order_view', 'customer_order', 'daily_sales'].map(rows));
  async function rebuildAll(): Promise<void> {
    const names = (await projections.list()).map(({ name }) => name);
    for (const name of names) {
      expect(await service.database.transaction((tx) => projections.rebuild(tx, name, WHY))).toBe(true);
    }
    for (const end = Date.now() + 60_000; Date.now() < end; await sleep(20)) {
      if ((await projections.list()).every(({ rebuild }) => rebuild?.status !== 'RUNNING')) break;
    }
    const ended = (await projections.list()).map(({ name, rebuild }) => [name, rebuild?.status, rebuild?.failure]);
    expect(ended).toEqual(names.map((name) => [name, 'DONE', undefined]));
  }

  describe('a customer', () => {
    it('has a history, page by page, newest first, by status and time', async () => {
      const ids: string[] = [];
      const times: string[] = [];
      for (let n = 0; n < 5; n++) {
        const { id, placedAt } = await placeFor('historian');
        ids.unshift(id);
        times.unshift(placedAt);
        await sleep(2);
      }
      await service.answer(declined(ids[1] ?? ''));
      await untilUpToDate();
      const page = async (query: object) => {
        const { items, nextCursor } = (await history('historian', query).expect(200)).body as History; // the answer's contract
        return { ids: items.map(({ orderId }) => orderId), nextCursor };
      };
      const first = await page({ limit: 2 });
      const second = await page({ limit: 2, cursor: first.nextCursor });
      const third = await page({ limit: 2, cursor: second.nextCursor });
      expect([first.ids, second.ids, third.ids]).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
      expect(third.nextCursor).toBeNull();
      expect((await page({ status: 'REJECTED' })).ids).toEqual([ids[1]]);
      expect((await page({ status: 'PLACED', limit: 1 })).ids).toEqual([ids[0]]);
      expect((await page({ since: times[3], until: times[1] })).ids).toEqual([ids[2], ids[3]]);
      const { body } = await history('historian', { status: 'REJECTED' });
      expect((body as History).items[0]).toEqual({
        orderId: ids[1],
        status: 'REJECTED',
        units: 2,
        total: { amount: 500, currency: 'EUR' },
        placedAt: times[1],
        updatedAt: expect.any(String),
        failureCode: 'PAYMENT_DECLINED',
      });
      expect((await history('nobody').expect(200)).body).toEqual({ items: [], nextCursor: null });
    });

    it.each([
      [{ since: 'yesterday' }, 400, 'VALIDATION_FAILED'],
      [{ status: 'GONE' }, 400, 'VALIDATION_FAILED'],
      [{ cursor: 'WyJ4Il0' }, 400, 'INVALID_CURSOR'],
    ])('is told what is wrong with %o', async (query, status, code) => {
      expect((await history('historian', query).expect(status)).body).toMatchObject({ code });
    });

    it('finds the order that it has just placed, by the position that it was given', async () => {
      for (let n = 0; n < 10; n++) {
        const placed = await client
          .http()
          .post('/orders')
          .send({ ...validBody, customerId: 'impatient' })
          .expect(201);
        const position = placed.get('Waybill-Position') ?? '';
        const { body } = await history('impatient', { limit: 1 }, { 'waybill-position': position }).expect(200);
        expect((body as History).items[0]?.orderId).toBe((placed.body as { id: string }).id);
      }
    });

    it('gets the same position with the repeated answer of its Idempotency-Key', async () => {
      const place = () =>
        client
          .http()
          .post('/orders')
          .set('idempotency-key', 'position-1')
          .send({ ...validBody, customerId: 'again' })
          .expect(201);
      const [first, second] = [await place(), await place()];
      expect(second.get('Idempotent-Replayed')).toBe('true');
      expect(second.get('Waybill-Position')).toBe(first.get('Waybill-Position'));
      expect(first.get('Waybill-Position')).toBe(
        encodePosition({ orderId: (first.body as { id: string }).id, version: 1 }),
      );
    });

    it.each(['', 'x', '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f', '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f.0', "1' OR '1.1"])(
      'is refused with a position that was not given out: %j',
      async (position) => {
        const { body } = await history('historian', {}, { 'waybill-position': position }).expect(400);
        expect(body).toMatchObject({ code: 'INVALID_POSITION' });
      },
    );

    it('is told at once that a position is of another time, and in time that the list is behind (F88)', async () => {
      const lost = encodePosition({ orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f', version: 1 });
      const { body } = await history('historian', {}, { 'waybill-position': lost, prefer: 'wait=30' }).expect(412);
      expect(body).toMatchObject({ code: 'POSITION_UNKNOWN' });

      let end: () => void = () => {};
      const isHeld = new Promise<void>((resolve) => (end = resolve));
      let appended: () => void = () => {};
      const isAppended = new Promise<void>((resolve) => (appended = resolve));
      const other = service.database.transaction(async (tx) => {
        await tx.query({ name: '', text: `SELECT pg_advisory_xact_lock_shared(2002876770, 1702260340)` });
        appended(); // as if it had appended: the projection waits for it
        await isHeld;
      });
      await isAppended;
      const { id } = await placeFor('waiting');
      const headers = { 'waybill-position': encodePosition({ orderId: id, version: 1 }), prefer: 'wait=1' };
      const behind = await history('waiting', {}, headers).expect(503);
      expect(behind.body).toMatchObject({ code: 'PROJECTION_BEHIND' });
      expect(behind.get('Retry-After')).toBe('1');
      await history('waiting').expect(200);
      end();
      await other;
      const { body: caughtUp } = await history('waiting', {}, { ...headers, prefer: 'wait=30' }).expect(200);
      expect((caughtUp as History).items).toHaveLength(1);
    });
  });

  it('counts as sold what is fulfilled, by day of UTC and product, and nothing else', async () => {
    const sales = async (query: object = {}) => {
      const { body } = await client.http().get('/sales/daily').query(query).expect(200);
      return body as { items: readonly { day: string; sku: string; orders: number }[]; nextCursor: string | null };
    };
    const both = [
      { sku: 'SKU-1', quantity: 2 },
      { sku: 'SKU-2', quantity: 1 },
    ];
    const before = (await sales()).items;
    expect(before).toEqual([]);
    const [one, two, rejected] = [await placeFor('a', both), await placeFor('b'), await placeFor('c')];
    await placeFor('d'); // stays PLACED
    const about = (answer: ReceivedMessage, more: object) => ({
      ...answer,
      data: { ...(answer.data as object), ...more },
    });
    await service.answer(about(charged(one.id), { amount: one.total }));
    await service.answer(about(reserved(one.id), { items: both }));
    await service.answer(shipped(one.id));
    await fulfil(two.id);
    await service.answer(declined(rejected.id));
    await untilUpToDate();
    const [{ day } = { day: '' }] = await service.database.query<{ day: string }>({
      name: '',
      text: `SELECT to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day FROM stored_event WHERE type = 'OrderFulfilled' ORDER BY position LIMIT 1`,
    });
    const { items } = await sales();
    expect(items).toEqual([
      { day, sku: 'SKU-1', currency: 'EUR', orders: 2, units: 4, amount: 1_000 },
      { day, sku: 'SKU-2', currency: 'EUR', orders: 1, units: 1, amount: 1_000 },
    ]);
    const { items: first, nextCursor } = await sales({ limit: 1, since: day, until: day });
    const { items: second, nextCursor: last } = await sales({ limit: 1, since: day, until: day, cursor: nextCursor });
    expect([...first, ...second]).toEqual(items);
    expect(last).toBeNull();
    expect((await sales({ sku: 'SKU-2' })).items).toEqual(items.slice(1));
    expect((await sales({ until: '2020-01-01' })).items).toEqual([]);
    await client.http().get('/sales/daily').query({ since: '2026-02-30' }).expect(400);
    await client.http().get('/sales/daily').set('x-forwarded-for', '10.0.0.1').expect(403); // operators'
  });

  it('are the same, row by row, once they are rebuilt while orders flow, of erased customers too (F87)', async () => {
    const erased = await placeFor('forgotten');
    await service.answer(declined(erased.id));
    const cancelled = await placeFor('fickle');
    await client.cancel(cancelled.id).expect(202);
    await service.database.transaction(async (tx) => {
      const orders = service.app.get(Orders);
      await orders.load(tx, [erased.id]);
      orders.decide(tx, erased.id, (order) => erasePersonalData(order, new Date().toISOString()), {});
      await orderEventStore.erase(tx, [erased.id]);
      await tx.query({
        name: '',
        text: `UPDATE order_view SET customer_id = '(erased)', failure_message = '(erased)' WHERE id = '${erased.id}'`,
      });
    });
    await untilUpToDate();
    const before = await tables();
    expect(before.map(({ length }) => length > 0)).toEqual([true, true, true]);
    await rebuildAll();
    expect(await tables()).toEqual(before);

    const over = new AbortController();
    const flowing = (async () => {
      while (!over.signal.aborted) await fulfil((await placeFor('flowing')).id);
    })();
    await rebuildAll();
    over.abort();
    await flowing;
    await untilUpToDate();
    const afterwards = await tables();
    expect(afterwards[0]?.length).toBeGreaterThan(before[0]?.length ?? 0);
    await rebuildAll();
    expect(await tables()).toEqual(afterwards);
    expect((await history('forgotten').expect(200)).body).toMatchObject({ items: [] });
  }, 120_000);
});
