import { randomUUID } from 'node:crypto';

import { eventually } from '@waybill/messaging/testing';

import { orderClient, validBody } from '../testing/order-client.js';
import { startOrderService } from '../testing/order-service.js';
import type { OrderService } from '../testing/order-service.js';
import { answers } from '../testing/participants.js';

const ADDRESS = { name: 'Zoe Quill', line1: '7 Elm', city: 'Oz', postalCode: 'ZQ-1', country: 'DE' };

describe('erasing a customer', () => {
  let service: OrderService;
  let client: ReturnType<typeof orderClient>;

  beforeAll(async () => {
    service = await startOrderService();
    client = orderClient(service.app);
  }, 60_000);

  afterAll(() => service.stop());

  const place = async (customerId: string) =>
    (await client.place({ ...validBody, customerId, shippingAddress: ADDRESS, paymentMethod: 'pm_zoe' })).id;
  const fulfil = async (id: string) => {
    for (const answer of [answers.charged(id), answers.reserved(id), answers.shipped(id), answers.committed(id)]) {
      await service.answer(answer);
    }
  };
  const erase = (body: object) =>
    client
      .http()
      .post('/admin/erasures')
      .send({ who: 'ada', why: 'request 4711', ...body });
  const saga = async (id: string) => (await client.http().get(`/sagas/${id}`).expect(200)).body;
  const tablesWith = async (text: string): Promise<readonly string[]> => {
    const tables = await service.database.query<{ name: string }>({
      name: 'test_tables',
      text: `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
    });
    const found = await Promise.all(
      tables.map(async ({ name }) => {
        const query = { name: '', text: `SELECT 1 FROM "${name}" t WHERE strpos(t::text, $1) > 0 LIMIT 1` };
        return (await service.database.query(query, [text])).length > 0 ? name : [];
      }),
    );
    return found.flat().sort();
  };

  it('leaves orders, amounts and lines, and nothing that names the customer (F81)', async () => {
    const [fulfilled, cancelled] = [await place('cust-zoe'), await place('cust-zoe')];
    await fulfil(fulfilled);
    await client.cancel(cancelled, 'Zoe has moved').expect(202);
    await service.answer(answers.declined(cancelled), answers.refunded(cancelled));
    const before = await client.get(fulfilled);
    for (const text of ['cust-zoe', 'Zoe Quill', 'ZQ-1', 'pm_zoe'])
      expect(await tablesWith(text)).toContain('stored_event');
    expect(await tablesWith('Zoe has moved')).toContain('timeline_entry');

    const { body } = await erase({ customerId: 'cust-zoe' }).expect(200);
    expect(body).toEqual({
      erasureId: expect.any(String),
      orderIds: expect.arrayContaining([fulfilled, cancelled]),
      unknownOrderIds: [],
      remaining: 0,
    });
    // The customer's history follows the events.
    await eventually(async () => (await tablesWith('cust-zoe')).length === 0, 30_000);
    for (const text of ['Zoe', 'ZQ-1', 'pm_zoe']) expect(await tablesWith(text)).toEqual([]);
    expect(await client.get(fulfilled)).toEqual({ ...before, customerId: '(erased)' });
    expect((await client.get(cancelled)).failure).toMatchObject({ code: 'CANCELLED', message: '(erased)' });
    expect((await client.timeline(cancelled)).map(({ type }) => type)).toContain('POST /orders/{id}/cancel');
    for (const id of [fulfilled, cancelled]) {
      expect(service.outbox.namesFor(id).slice(-2)).toEqual(['payment.erase', 'shipping.erase-shipment']);
    }
    const { body: list } = await client.http().get('/admin/erasures').expect(200);
    expect(list.items[0]).toMatchObject({
      who: 'ada',
      orders: 2,
      pending: { payment: 2, shipping: 2, payloads: expect.any(Number) },
    });
  });

  it('leaves on record who operated on an order, and not why; an erasure names its number of orders alone', async () => {
    const id = await place('cust-ryn');
    const asked = { who: 'ada', why: 'Ryn called' };
    await client.http().post(`/admin/sagas/${id}/cancel`).send(asked).expect(202);
    await service.answer(answers.declined(id), answers.refunded(id));
    await erase({ customerId: 'cust-ryn' }).expect(200);
    expect(await tablesWith('Ryn')).toEqual([]);
    const { body } = await client.http().get(`/admin/audit?about=${id}`).expect(200);
    expect(body.items).toMatchObject([{ act: 'sagas.cancel', who: 'ada', why: '(erased)' }]);
    const { body: erasures } = await client.http().get('/admin/audit?act=erasures&limit=1').expect(200);
    expect(erasures.items).toMatchObject([{ who: 'ada', why: 'request 4711', key: null, detail: { orders: 1 } }]);
  });

  it('is refused, whole, while an order is under way, and works once it has ended', async () => {
    const [ended, underWay] = [await place('cust-yan'), await place('cust-yan')];
    await fulfil(ended);
    const { body } = await erase({ customerId: 'cust-yan' }).expect(409);
    expect(body).toMatchObject({ code: 'ORDERS_IN_USE', errors: [{ code: 'NOT_ENDED' }] });
    expect(JSON.stringify(body)).toContain(underWay);
    const byId = { who: 'ada', why: 'restored', orders: [{ orderId: ended }, { orderId: underWay }] };
    const again = await client.http().post('/admin/erasures/orders').send(byId).expect(409);
    expect(again.body.errors).toEqual([expect.objectContaining({ message: `order ${underWay} has not ended` })]);
    // Ids are compared as text: in capitals this is the same order, under way.
    const capitals = { ...byId, orders: [{ orderId: underWay.toUpperCase() }] };
    await client.http().post('/admin/erasures/orders').send(capitals).expect(409);
    const twice = { ...byId, orders: [{ orderId: ended }, { orderId: ended.toUpperCase() }] };
    const { body: refused } = await client.http().post('/admin/erasures/orders').send(twice).expect(400);
    expect(refused.errors).toEqual([expect.objectContaining({ code: 'DUPLICATE' })]);
    expect(await client.get(ended)).toMatchObject({ customerId: 'cust-yan' });
    await fulfil(underWay);
    expect((await erase({ customerId: 'cust-yan' }).expect(200)).body.orderIds).toHaveLength(2);
  });

  it('finds nothing the second time, and leaves what is ordered afterwards; orders can be erased by their ids', async () => {
    const first = await place('cust-xia');
    await fulfil(first);
    await erase({ customerId: 'cust-xia' }).expect(200);
    expect((await erase({ customerId: 'cust-xia' }).expect(200)).body).toMatchObject({ orderIds: [], remaining: 0 });
    const later = await place('cust-xia');
    const lost = randomUUID(); // by a restored database
    const again = { who: 'ada', why: 'restored', orders: [{ orderId: first.toUpperCase() }, { orderId: lost }] };
    const { body } = await client.http().post('/admin/erasures/orders').send(again).expect(200);
    expect(body).toMatchObject({ orderIds: [first, lost], unknownOrderIds: [lost] });
    expect(await client.get(later)).toMatchObject({ customerId: 'cust-xia' });
    expect(service.outbox.namesFor(first).filter((name) => name === 'payment.erase')).toHaveLength(2);
    const { body: list } = await client.http().get('/admin/erasures').expect(200);
    // The audit of the first keeps its order, and neither is done before the order is.
    expect(list.items.slice(0, 3)).toEqual([
      expect.objectContaining({ why: 'restored', orders: 2, pending: expect.objectContaining({ payment: 2 }) }),
      expect.objectContaining({ orders: 0, pending: { payment: 0, shipping: 0, payloads: 0 } }),
      expect.objectContaining({ orders: 1, pending: expect.objectContaining({ payment: 1 }) }),
    ]);
    const { body: pending } = await client.http().get('/admin/erasures?pending=true&limit=1').expect(200);
    expect(pending.items).toMatchObject([{ why: 'restored' }]);
    const next = `/admin/erasures?pending=true&limit=1&cursor=${pending.nextCursor}`;
    expect((await client.http().get(next).expect(200)).body.items).not.toMatchObject([{ orders: 0 }]);
    await client.http().get('/admin/erasures?pending=maybe').expect(400);
  });

  it.each(['cust-wim wrote to us', 'of (CUST-WIM)', 'customer:cust-wim'])(
    'keeps no audit that names the customer: %s',
    async (why) => {
      const { body } = await erase({ customerId: 'cust-wim', why }).expect(422);
      expect(body).toMatchObject({ code: 'AUDIT_NAMES_CUSTOMER' });
    },
  );

  it('erases customers whose ids are short, whatever the audit says', async () => {
    for (const customerId of ['1', 'a', 'request-4711', 'q']) await erase({ customerId }).expect(200);
  });

  it('is refused while a message of an order is on its way', async () => {
    const id = await place('cust-val');
    await fulfil(id);
    const [command] = service.outbox.sent.filter(({ key }) => key === id);
    service.outbox.unpublished.add(command?.id ?? '');
    expect((await erase({ customerId: 'cust-val' }).expect(409)).body.errors[0]).toMatchObject({ code: 'UNPUBLISHED' });
    service.outbox.unpublished.clear();
    await erase({ customerId: 'cust-val' }).expect(200);
  });

  it('keeps nothing of what participants say of an erased order later, as when a letter of theirs is replayed', async () => {
    const [undone, fulfilled] = [await place('cust-ula'), await place('cust-ula')];
    await client.cancel(undone, 'Ula has moved').expect(202);
    await service.answer(answers.declined(undone), answers.refunded(undone));
    await fulfil(fulfilled);
    await erase({ customerId: 'cust-ula' }).expect(200);

    const words = 'Ula is not at home';
    await service.answer(answers.refused(fulfilled, words));
    await service.answer(answers.charged(undone)); // a late success turns the saga round once more
    expect(await saga(undone)).toMatchObject({ status: 'COMPENSATING' });
    await service.answer(answers.refundFailed(undone, words));
    expect(await tablesWith(words)).toEqual(['saga_instance']); // an operator may need them, until it has ended
    await service.answer(answers.refunded(undone));
    expect(await saga(undone)).toMatchObject({ status: 'COMPENSATED' });
    expect(await tablesWith('Ula')).toEqual([]);
    expect((await client.timeline(fulfilled)).at(-1)).toMatchObject({ type: 'shipment.refused.v1', detail: null });
  });
});
