import { orderClient } from '../testing/order-client.js';
import { startOrderService } from '../testing/order-service.js';
import type { OrderService } from '../testing/order-service.js';

describe('what operators look at', () => {
  let service: OrderService;
  let client: ReturnType<typeof orderClient>;

  beforeAll(async () => {
    service = await startOrderService();
    client = orderClient(service.app);
  }, 60_000);

  afterAll(() => service.stop());

  /** Holds all connections that orders are placed on while something is done. */
  async function withoutConnections<Result>(work: () => Promise<Result>): Promise<Result> {
    const { database, config } = service;
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const taken = Array.from({ length: config.databasePoolSize }, () => {
      let began = (): void => {};
      const beginning = new Promise<void>((resolve) => (began = resolve));
      const name = 'test_take_connection';
      const ended = database.transaction(async (tx) => {
        await tx.query({ name, text: 'SELECT 1' });
        began();
        await released;
      });
      return { beginning, ended };
    });
    await Promise.all(taken.map(({ beginning }) => beginning));
    try {
      return await work();
    } finally {
      release();
      await Promise.all(taken.map(({ ended }) => ended));
    }
  }

  it.each([
    '/admin/dead-letters',
    '/admin/dead-letters/count',
    '/admin/dead-letters/groups',
    '/admin/orphans',
    '/admin/outbox',
    '/admin/parked-keys',
    '/admin/sagas',
    '/admin/sagas?status=COMPENSATION_FAILED',
  ])('takes no connection that an order could be placed on: %s (F72)', async (path) => {
    await withoutConnections(() => client.http().get(path).expect(200));
  });

  it('takes none for a preview of a replay either (F72)', async () => {
    const preview = { filter: {}, limit: 10 };
    await withoutConnections(() => client.http().post('/admin/dead-letters/preview').send(preview).expect(200));
  });
});
