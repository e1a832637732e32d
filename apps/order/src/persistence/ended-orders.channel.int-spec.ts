import { createDataSource, Database } from '@waybill/database';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { Shutdown } from '@waybill/http';
import { Metrics } from '@waybill/observability';
import { Client } from 'pg';

import { EndedOrdersChannel } from './ended-orders.channel.js';
import { OrderWatch } from './order-watch.js';

const ended = (id: string) => ({
  id,
  status: 'FULFILLED' as const,
  customerId: 'c',
  items: [],
  total: { amount: 0, currency: 'EUR' },
  placedAt: '',
  updatedAt: '',
});

const watchOf = () => new OrderWatch(new Shutdown(), new Metrics());

/** Two replicas of the order service on one database. */
describe('EndedOrdersChannel', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  const watches = [watchOf(), watchOf()] as const;
  const channels: EndedOrdersChannel[] = [];

  beforeAll(async () => {
    testDatabase = await createTestDatabase('order_channel');
    database = new Database(await createDataSource({ url: testDatabase.url, migrations: [] }).initialize());
    for (const watch of watches) {
      const channel = new EndedOrdersChannel(watch, database);
      channel.onApplicationBootstrap();
      channels.push(channel);
    }
  }, 30_000);

  afterAll(async () => {
    for (const channel of channels) await channel.beforeApplicationShutdown();
    await database.onApplicationShutdown();
    await testDatabase.drop();
  });

  const woken = (watch: OrderWatch, id: string) => new Promise<unknown>((resolve) => void watch.wait(id, resolve));

  it('wakes who waits at another replica, with any number of orders at once', async () => {
    const ids = Array.from({ length: 450 }, (_, index) => `0197d6a4-5c1e-7b3a-9c55-${String(index).padStart(12, '0')}`);
    const waiting = Promise.all(ids.map((id) => woken(watches[1], id)));
    watches[0].committed(ids.map(ended));
    expect(new Set(await waiting)).toEqual(new Set([undefined]));
  }, 20_000);

  it('wakes who waits at the same replica with the order itself', async () => {
    const waiting = woken(watches[0], 'own');
    watches[0].committed([ended('own')]);
    expect(await waiting).toMatchObject({ id: 'own', status: 'FULFILLED' });
  });

  it('has everybody look again once a lost connection is back, and hears again (F58)', async () => {
    const lookedAgain = Promise.all(watches.map((watch) => woken(watch, 'missed')));
    const admin = new Client({ connectionString: testDatabase.url });
    await admin.connect();
    await admin.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await admin.end();
    expect(await lookedAgain).toEqual([undefined, undefined]);
    const heard = woken(watches[1], 'after');
    watches[0].committed([ended('after')]);
    expect(await heard).toBeUndefined();
  }, 20_000);
});
