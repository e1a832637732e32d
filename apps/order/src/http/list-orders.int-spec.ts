import { setTimeout as delay } from 'node:timers/promises';

import { orderClient, validBody } from '../testing/order-client.js';
import { startOrderService } from '../testing/order-service.js';
import type { OrderService } from '../testing/order-service.js';

describe('the list of orders', () => {
  let service: OrderService;
  let client: ReturnType<typeof orderClient>;

  beforeAll(async () => {
    service = await startOrderService();
    client = orderClient(service.app);
  }, 60_000);
  afterAll(() => service.stop());

  it('holds those placed from the first time on, before the second', async () => {
    const placed: { id: string; placedAt: string }[] = [];
    for (const customerId of ['first', 'second', 'third']) {
      placed.push(await client.place({ ...validBody, customerId }));
      const last = Date.parse(placed.at(-1)?.placedAt ?? '');
      while (Date.now() <= last) await delay(1); // a millisecond of its own
    }
    const [, second, third] = placed;
    const listed = async (query: string): Promise<unknown> => {
      const { body } = await client.http().get(`/orders?${query}`).expect(200);
      return (body as { items: { customerId: string }[] }).items.map(({ customerId }) => customerId);
    };
    expect(await listed(`placedSince=${second?.placedAt}`)).toEqual(['third', 'second']);
    expect(await listed(`placedUntil=${second?.placedAt}`)).toEqual(['first']);
    expect(await listed(`placedSince=${second?.placedAt}&placedUntil=${third?.placedAt}`)).toEqual(['second']);
    expect(await listed('placedSince=1950-01-01T00:00:00Z')).toEqual(['third', 'second', 'first']);
  });
});
