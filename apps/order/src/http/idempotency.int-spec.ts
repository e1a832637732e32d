import { PostgresProxy, testDatabaseServer } from '@waybill/embedded/testing';
import { eventually } from '@waybill/messaging/testing';

import { orderClient, validBody } from '../testing/order-client.js';
import { startOrderService } from '../testing/order-service.js';
import type { OrderService } from '../testing/order-service.js';

describe('Idempotency-Key of POST /orders', () => {
  let service: OrderService;
  let client: ReturnType<typeof orderClient>;
  let proxy: PostgresProxy;

  beforeAll(async () => {
    proxy = await PostgresProxy.start(testDatabaseServer());
    service = await startOrderService({ serverUrl: proxy.url });
    client = orderClient(service.app);
  }, 60_000);

  afterAll(async () => {
    await service.stop();
    await proxy.stop();
  });

  const place = (key: string, body: object = validBody) =>
    client.http().post('/orders').set('Idempotency-Key', key).send(body);
  const orders = async () => (await client.http().get('/orders?limit=100')).body as { items: { id: string }[] };

  it('gives the first 201 again, byte for byte with its Location, and places one order (F31)', async () => {
    const first = await place('k-1').expect(201);
    const again = await place('k-1').expect(201);
    expect(again.text).toBe(first.text);
    expect(again.headers['location']).toBe(first.headers['location']);
    expect((await orders()).items).toHaveLength(1);
  });

  it('is another key for another customer (F31)', async () => {
    const first = await place('k-2').expect(201);
    const other = await place('k-2', { ...validBody, customerId: 'somebody-else' }).expect(201);
    expect(other.headers['location']).not.toBe(first.headers['location']);
  });

  it('is refused with another body (F31)', async () => {
    await place('k-5').expect(201);
    const { body } = await place('k-5', { ...validBody, paymentMethod: 'pm_card_slow' }).expect(422);
    expect(body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('is free again after a failure (F31)', async () => {
    await place('k-3', { ...validBody, items: [{ sku: 'SKU-NO', quantity: 1 }] }).expect(422);
    service.outbox.failure = new Error('no room');
    await place('k-3').expect(500);
    service.outbox.failure = undefined;
    await place('k-3').expect(201);
  });

  it('places one order for any number of requests at once (F31)', async () => {
    const before = (await orders()).items.length;
    const answers = await Promise.all(Array.from({ length: 8 }, () => place('k-4')));
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    const placed = answers.filter(({ status }) => status === 201).map(({ text }) => text);
    expect(new Set(placed).size).toBe(1);
    expect((await orders()).items).toHaveLength(before + 1);
  });

  it.each(['applied', 'lost'] as const)(
    'finds out after a COMMIT that was %s with its connection, which is answered as an unknown outcome (F36)',
    async (outcome) => {
      const before = (await orders()).items.length;
      const cut = proxy.cutCommit({ outcome, having: ['saga_insert'] });
      const { body, headers } = await place(`k-${outcome}`).expect(503);
      await cut;
      expect(body).toMatchObject({ code: 'OUTCOME_UNKNOWN', detail: expect.stringContaining('same Idempotency-Key') });
      expect(headers['retry-after']).toBe('1');
      let again = await place(`k-${outcome}`);
      // For a moment the server may still hold the key for the connection that was cut: 409, as Retry-After says.
      await eventually(async () => again.status !== 409 || (again = await place(`k-${outcome}`)).status !== 409);
      expect(again.status).toBe(201);
      expect(again.headers['idempotent-replayed']).toBe(outcome === 'applied' ? 'true' : undefined);
      expect((await orders()).items).toHaveLength(before + 1);
    },
  );
});
