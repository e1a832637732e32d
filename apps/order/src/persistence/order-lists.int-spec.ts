import { createDataSource, Database, migrate } from '@waybill/database';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';

import { OrderModule } from '../order.module.js';
import { OrderViews } from './order-view.postgres.js';
import type { OrderFilter } from './order-view.postgres.js';
import { OrderEntity } from './order.entity.js';

const ORDERS = 200_000;
const idOf = (n: number): string => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** 1 of 1,000 is another customer's, 1 of 10,000 was cancelled. */
const fill = `
  INSERT INTO order_view (id, status, customer_id, items, total_amount, total_currency, placed_at, updated_at)
  SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    CASE WHEN n % 10000 = 0 THEN 'CANCELLED' ELSE 'FULFILLED' END,
    CASE WHEN n % 1000 = 0 THEN 'rare' ELSE 'c' || n % 100 END, '[]', 1, 'EUR', now(), now()
  FROM generate_series(1, ${ORDERS}) AS n`;

describe(`beside ${ORDERS} orders`, () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let views: OrderViews;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('order_lists');
    const { url } = testDatabase;
    const { migrations } = OrderModule.service;
    // One connection: it is the one whose reads are counted.
    const settings = { url, migrations, entities: [OrderEntity], poolSize: 1 };
    const dataSource = await createDataSource(settings).initialize();
    await migrate(dataSource, url);
    await dataSource.query(fill);
    await dataSource.query('ANALYZE order_view');
    database = new Database(dataSource);
    views = new OrderViews(database);
  }, 60_000);

  afterAll(async () => {
    await database?.onApplicationShutdown();
    await testDatabase.drop();
  });

  /** How many rows have been read so far, by whatever way, those that a filter passed over included. */
  async function read(): Promise<number> {
    await database.query({ name: '', text: 'SELECT pg_stat_force_next_flush()' });
    const text = `SELECT (seq_tup_read + idx_tup_fetch)::int AS rows FROM pg_stat_user_tables WHERE relname = 'order_view'`;
    const [counted] = await database.query<{ rows: number }>({ name: '', text });
    return counted?.rows ?? 0;
  }

  it.each<[string, Omit<OrderFilter, 'limit'>, number]>([
    ['nothing', {}, 20],
    ['nothing, far behind', { before: idOf(1_000) }, 20],
    ['a customer', { customerId: 'c7' }, 20],
    ['a customer of few orders, far behind', { customerId: 'rare', before: idOf(50_000) }, 20],
    ['a status that most have', { status: 'FULFILLED' }, 20],
    ['a status that few have', { status: 'CANCELLED' }, 20],
    ['a status that none has', { status: 'PLACED' }, 0],
    ['a customer and a status', { customerId: 'rare', status: 'CANCELLED' }, 20],
    ['a customer that nobody is', { customerId: 'nobody' }, 0],
  ])('a page of orders by %s reads no more of them than it needs (F72)', async (_, filter, count) => {
    const before = await read();
    const ids = (await views.list({ ...filter, limit: 20 })).map(({ id }) => id);
    expect((await read()) - before).toBeLessThan(500);
    expect(ids).toHaveLength(count);
    expect(ids).toEqual(ids.toSorted().toReversed());
    expect(ids.every((id) => id.startsWith('01900000-'))).toBe(true);
  });
});
