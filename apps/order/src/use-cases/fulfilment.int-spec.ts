import { orderEvolution } from '../domain/order.js';
import { orderEventStore } from '../persistence/order-event-store.js';
import { toOrderView } from '../projections/order-view.js';
import { orderClient } from '../testing/order-client.js';
import { startOrderService } from '../testing/order-service.js';
import type { OrderService } from '../testing/order-service.js';
import { answers } from '../testing/participants.js';

const { charged, declined, refunded, reserved, soldOut, released, shipped, refused, unshipped, committed } = answers;

describe('fulfilment of an order', () => {
  let service: OrderService;
  let client: ReturnType<typeof orderClient>;

  beforeAll(async () => {
    service = await startOrderService();
    client = orderClient(service.app);
  }, 60_000);

  afterAll(() => service.stop());

  const saga = async (id: string) => (await client.http().get(`/sagas/${id}`).expect(200)).body as { status: string };

  /** The read model must be what the events say. */
  const replayed = (id: string) =>
    service.database.transaction(async (tx) => {
      const { events } = await orderEventStore.load(tx, id);
      const order = events.reduce(orderEvolution.evolve, orderEvolution.initial);
      return order && toOrderView(order);
    });

  it('is FULFILLED by the answer that starts the pivot, and its reservation is committed afterwards', async () => {
    const { id } = await client.place();
    await service.answer(charged(id));
    await service.answer(reserved(id));
    expect(await client.get(id)).toMatchObject({ status: 'PLACED' });
    await service.answer(shipped(id));
    expect(await client.get(id)).toMatchObject({ status: 'FULFILLED' });
    expect(await saga(id)).toMatchObject({ status: 'RUNNING', step: 'confirm' });
    await service.answer(committed(id));
    expect(await saga(id)).toMatchObject({ status: 'COMPLETED', step: 'confirm', deadlineAt: null });
    expect(await client.get(id)).toEqual(await replayed(id));
    expect(service.outbox.namesFor(id)).toEqual([
      'payment.process',
      'inventory.reserve',
      'shipping.create-shipment',
      'inventory.commit',
    ]);
  });

  it('is REJECTED with the reason of the payment provider, at once where nothing has to be undone', async () => {
    const { id } = await client.place();
    await service.answer(declined(id));
    expect(await client.get(id)).toMatchObject({
      status: 'REJECTED',
      failure: { step: 'process-payment', code: 'PAYMENT_DECLINED', message: 'Declined' },
    });
    expect(await client.get(id)).toEqual(await replayed(id));
  });

  it('stays PLACED with its failure set until every undo is confirmed', async () => {
    const { id } = await client.place();
    await service.answer(charged(id));
    await service.answer(reserved(id));
    await service.answer(refused(id));
    expect(await client.get(id)).toMatchObject({ status: 'PLACED', failure: { code: 'CARRIER_REFUSED' } });
    await service.answer(released(id));
    expect(await client.get(id)).toMatchObject({ status: 'PLACED', failure: { code: 'CARRIER_REFUSED' } });
    await service.answer(refunded(id));
    expect(await client.get(id)).toMatchObject({ status: 'REJECTED', failure: { code: 'CARRIER_REFUSED' } });
    expect(await client.get(id)).toEqual(await replayed(id));
    expect(await saga(id)).toMatchObject({ status: 'COMPENSATED' });
  });

  it('lets answers to one order in one batch see each other, beside those of others (F21, F26)', async () => {
    const orders = await Promise.all(Array.from({ length: 5 }, () => client.place()));
    const ids = orders.map(({ id }) => id);
    await service.answer(
      ...ids.map(charged),
      ...ids.map(reserved),
      ...ids.map((id, index) => (index === 0 ? soldOut(id) : shipped(id))),
      ...ids.slice(1).map(committed),
    );
    const statuses = await Promise.all(ids.map(async (id) => (await client.get(id)).status));
    expect(statuses).toEqual(['PLACED', 'FULFILLED', 'FULFILLED', 'FULFILLED', 'FULFILLED']);
    for (const id of ids) expect(await client.get(id)).toEqual(await replayed(id));
  });

  it('is CANCELLED once everything is undone; asked again meanwhile it is accepted, afterwards refused', async () => {
    const { id } = await client.place();
    await service.answer(charged(id));
    const { body } = await client.cancel(id).expect(202);
    const failure = { step: 'reserve-inventory', code: 'CANCELLED', message: 'Changed my mind' };
    expect(body).toMatchObject({ id, status: 'PLACED', failure });
    await client.cancel(id, 'Really').expect(202);
    await service.answer(released(id));
    await service.answer(refunded(id));
    expect(await client.get(id)).toMatchObject({ status: 'CANCELLED', failure });
    const refusal = await client.cancel(id).expect(409);
    expect(refusal.body).toMatchObject({ code: 'ORDER_ENDED', status: 409 });
    expect(await client.get(id)).toEqual(await replayed(id));
  });

  it('undoes a late success and stays CANCELLED (F24)', async () => {
    const { id } = await client.place();
    await client.cancel(id).expect(202);
    await service.answer(refunded(id));
    expect(await client.get(id)).toMatchObject({ status: 'CANCELLED' });
    await service.answer(charged(id));
    expect(service.outbox.namesFor(id)).toEqual(['payment.process', 'payment.refund', 'payment.refund']);
    await service.answer(refunded(id));
    expect(await client.get(id)).toMatchObject({ status: 'CANCELLED', failure: { code: 'CANCELLED' } });
  });

  it('is either cancelled or fulfilled when both come at the same moment, never both', async () => {
    for (let round = 0; round < 8; round++) {
      const { id } = await client.place();
      await service.answer(charged(id));
      await service.answer(reserved(id));
      const [cancellation] = await Promise.all([client.cancel(id), service.answer(shipped(id))]);
      const undone = [unshipped(id), released(id), refunded(id)];
      await service.answer(...(cancellation.status === 202 ? undone : [committed(id)]));
      const { status } = await client.get(id);
      expect([cancellation.status, status]).toEqual(
        cancellation.status === 202 ? [202, 'CANCELLED'] : [409, 'FULFILLED'],
      );
    }
  }, 60_000);

  it('tells what happened in order, across services, with what caused what', async () => {
    const { id } = await client.place();
    await service.answer(charged(id));
    await service.answer(reserved(id));
    await service.answer(shipped(id));
    await service.answer(committed(id));
    const timeline = await client.timeline(id);
    expect(timeline.map(({ service: name, kind, type }) => `${name} ${kind} ${type}`)).toEqual([
      'order http POST /orders',
      'order saga saga-started',
      'order command payment.process.v2',
      'payment event payment.charged.v1',
      'order command inventory.reserve.v1',
      'inventory event inventory.reserved.v1',
      'order command shipping.create-shipment.v1',
      'shipping event shipment.created.v1',
      'order saga pivot-passed',
      'order command inventory.commit.v1',
      'inventory event inventory.committed.v1',
      'order saga saga-completed',
    ]);
    const sent = service.outbox.sent.filter(({ key }) => key === id).map((message) => message.id);
    expect(timeline.filter(({ kind }) => kind === 'command').map(({ messageId }) => messageId)).toEqual(sent);
    expect(timeline[2]?.causationId).toBe(timeline[0]?.messageId);
    expect(timeline[4]?.causationId).toBe(timeline[3]?.messageId);
    expect(JSON.stringify(timeline)).not.toContain('Ada');

    const asBefore = `INSERT INTO timeline_entry (order_id, at, service, kind, type) VALUES ($1, now(), 'order', 'saga', 'earlier')`;
    await service.database.query({ name: 'test_release_before', text: asBefore }, [id]);
    expect((await client.timeline(id)).at(-1)).toMatchObject({ service: 'order', type: 'earlier', detail: null });
  });
});
