import { setTimeout as sleep } from 'node:timers/promises';

import { newId } from '@waybill/observability';

import { endUndone, failFulfilment, fulfil } from '../domain/order.js';
import { placeOrder } from '../domain/place-order.js';
import { validBody } from '../testing/order-client.js';
import { startOrderService } from '../testing/order-service.js';
import type { OrderService } from '../testing/order-service.js';
import { OrderProjections } from './order-projections.js';
import { Orders } from './orders.postgres.js';

jest.setTimeout(1_800_000);

/** `REBUILD_ORDERS=100000` compares and times as many. */
const ORDERS = Number(process.env['REBUILD_ORDERS'] ?? 1_000);
const OF_A_TRANSACTION = 500;
const TABLES = ['order_view', 'customer_order', 'daily_sales'];

describe(`beside ${ORDERS} orders`, () => {
  let service: OrderService;
  let projections: OrderProjections;

  beforeAll(async () => {
    service = await startOrderService();
    projections = service.app.get(OrderProjections);
  }, 120_000);
  afterAll(() => service?.stop());

  const at = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString();

  /** Placed, and two of three ended, as the service itself writes them. */
  async function write(from: number, to: number): Promise<void> {
    const orders = service.app.get(Orders);
    const prices = new Map([
      ['SKU-1', { amount: 250, currency: 'EUR' }],
      ['SKU-2', { amount: 1_000, currency: 'EUR' }],
    ]);
    const placed = Array.from({ length: to - from }, (_, index) => {
      const n = from + index;
      const draft = {
        ...validBody,
        customerId: `c-${n % 1_000}`,
        items: [{ sku: `SKU-${1 + (n % 2)}`, quantity: 1 + (n % 5) }],
      };
      return placeOrder(newId(), draft, prices, at(n));
    });
    await service.database.transaction(async (tx) => {
      for (const event of placed) orders.place(tx, event, {});
    });
    await service.database.transaction(async (tx) => {
      const ids = placed.map(({ data }) => data.orderId);
      await orders.load(tx, ids);
      for (const [n, id] of ids.entries()) {
        if (n % 3 === 1) orders.decide(tx, id, (order) => fulfil(order, at(n + 1)), {});
        if (n % 3 !== 2) continue;
        const failure = { step: 'process-payment', code: 'PAYMENT_DECLINED', message: 'Declined' };
        orders.decide(tx, id, (order) => failFulfilment(order, failure, at(n + 1)), {});
        orders.decide(tx, id, (order) => endUndone(order, at(n + 2)), {});
      }
    });
  }

  async function until(isSo: (states: Awaited<ReturnType<OrderProjections['list']>>) => boolean): Promise<void> {
    while (!isSo(await projections.list())) await sleep(50);
  }

  it('are rebuilt as they were, row by row', async () => {
    for (let n = 0; n < ORDERS; n += OF_A_TRANSACTION) await write(n, Math.min(n + OF_A_TRANSACTION, ORDERS));
    await until((states) => states.every(({ lagEvents }) => lagEvents === 0));
    for (const table of TABLES)
      await service.database.query({ name: '', text: `CREATE TABLE live_${table} AS TABLE ${table}` });
    for (const { name } of await projections.list()) {
      const began = performance.now();
      await service.database.transaction((tx) => projections.rebuild(tx, name, { by: 'ada', reason: 'test' }));
      await until((states) => states.every(({ rebuild }) => rebuild?.status !== 'RUNNING'));
      if (ORDERS >= 100_000) process.stdout.write(`${name}: ${((performance.now() - began) / 1_000).toFixed(1)} s\n`);
      expect((await projections.find(name)).rebuild).toMatchObject({ status: 'DONE' });
    }
    for (const table of TABLES) {
      const [compared] = await service.database.query<{ rows: number; different: number }>({
        name: '',
        text: `SELECT (SELECT count(*)::int FROM live_${table}) AS rows, count(*)::int AS different
          FROM (SELECT row_to_json(t)::text FROM ${table} AS t) AS a (r) FULL JOIN (SELECT row_to_json(t)::text FROM live_${table} AS t) AS b (r)
            ON a.r = b.r WHERE a.r IS NULL OR b.r IS NULL`,
      });
      expect({ table, ...compared }).toEqual({ table, rows: expect.any(Number), different: 0 });
      expect(compared?.rows).toBeGreaterThan(0);
    }
  });
});
