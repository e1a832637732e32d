import { ProcessPayment } from '@waybill/contracts';

import { orderClient, validBody } from '../testing/order-client.js';
import { startOrderService } from '../testing/order-service.js';
import type { OrderService } from '../testing/order-service.js';
import { answers } from '../testing/participants.js';

describe('placing an order', () => {
  let service: OrderService;
  let client: ReturnType<typeof orderClient>;

  beforeAll(async () => {
    service = await startOrderService();
    client = orderClient(service.app);
  }, 60_000);

  afterAll(() => service.stop());

  const counts = async () => {
    const text = `SELECT (SELECT count(*) FROM order_view)::int AS orders, (SELECT count(*) FROM stored_event)::int AS events,
      (SELECT count(*) FROM saga_instance)::int AS sagas, (SELECT count(*) FROM timeline_entry)::int AS entries`;
    return (await service.database.query({ name: 'test_counts', text }))[0];
  };

  it('answers with the priced order, which can be read at once', async () => {
    const items = [
      { sku: 'SKU-1', quantity: 2 },
      { sku: 'SKU-2', quantity: 10_000 },
    ];
    const response = await client
      .http()
      .post('/orders')
      .send({ ...validBody, items })
      .expect(201);
    const order = response.body as { id: string };
    expect(order).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      status: 'PLACED',
      customerId: 'cust-1',
      items: [
        { sku: 'SKU-1', quantity: 2, unitPrice: 250, lineTotal: 500 },
        { sku: 'SKU-2', quantity: 10_000, unitPrice: 1_000, lineTotal: 10_000_000 },
      ],
      total: { amount: 10_000_500, currency: 'EUR' },
      placedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: expect.any(String),
    });
    expect(response.headers['location']).toBe(`/orders/${order.id}`);
    expect(await client.get(order.id)).toEqual(order);
  });

  it('sends the first command with what the participant needs', async () => {
    const { id, total } = await client.place();
    const [command] = service.outbox.sent.filter(({ key }) => key === id);
    expect(command?.contract).toBe(ProcessPayment);
    const paymentMethod = { kind: 'card', token: 'pm_card_ok' };
    expect(command?.data).toEqual({ orderId: id, customerId: 'cust-1', amount: total, paymentMethod });
  });

  it('commits everything or nothing', async () => {
    const before = await counts();
    service.outbox.failure = new Error('no room');
    await client.http().post('/orders').send(validBody).expect(500);
    service.outbox.failure = undefined;
    expect(await counts()).toEqual(before);
    await client.place();
    expect(await counts()).not.toEqual(before);
  });

  it('writes nothing for an order with an unknown SKU, and names each line (F46)', async () => {
    const before = await counts();
    const items = ['SKU-1', 'constructor', '__proto__', 'SKU-NO'].map((sku) => ({ sku, quantity: 1 }));
    const response = await client
      .http()
      .post('/orders')
      .send({ ...validBody, items })
      .expect(422);
    expect(response.body).toMatchObject({
      status: 422,
      code: 'UNKNOWN_SKU',
      errors: [{ pointer: '/items/1/sku' }, { pointer: '/items/2/sku' }, { pointer: '/items/3/sku' }],
    });
    expect(await counts()).toEqual(before);
  });

  it('lists orders newest first, page by page, by customer and status', async () => {
    const placed = [];
    for (let count = 0; count < 5; count++) placed.push(await client.place({ ...validBody, customerId: 'lister' }));
    const ids = placed.map(({ id }) => id).reverse();
    await service.answer(answers.declined(ids[1] ?? ''));

    const seen: string[] = [];
    let path = '/orders?customerId=lister&limit=2';
    for (let page = 0; page < 3; page++) {
      const { body } = await client.http().get(path).expect(200);
      const { items, nextCursor } = body as { items: { id: string }[]; nextCursor: string | null };
      seen.push(...items.map(({ id }) => id));
      path = `/orders?customerId=lister&limit=2&cursor=${nextCursor ?? ''}`;
      expect(nextCursor === null).toBe(page === 2);
    }
    expect(new Set(seen)).toEqual(new Set(ids));
    expect(seen).toEqual([...seen].sort().reverse());

    for (const status of ['REJECTED', 'rejected']) {
      const { body } = await client.http().get(`/orders?customerId=lister&status=${status}`).expect(200);
      expect(body).toMatchObject({ items: [{ id: ids[1], status: 'REJECTED' }], nextCursor: null });
    }
  });

  it('answers Prefer: wait as soon as the order ends, and at the latest when the time is up', async () => {
    const { id } = await client.place();
    const waiting = client.http().get(`/orders/${id}`).set('Prefer', 'wait=30').expect(200);
    const answer = waiting.then(({ body, headers }) => ({ body: body as object, headers }));
    await service.answer(answers.charged(id));
    await service.answer(answers.reserved(id));
    await service.answer(answers.shipped(id));
    const { body, headers } = await answer;
    expect(body).toMatchObject({ id, status: 'FULFILLED' });
    expect(headers['preference-applied']).toBe('wait=30');

    const other = await client.place();
    const late = await client.http().get(`/orders/${other.id}`).set('Prefer', 'wait=1').expect(200);
    expect(late.body).toMatchObject({ status: 'PLACED' });
  });
});
