import { randomUUID } from 'node:crypto';

import { BROKER, encodeEnvelope, MessageConsumer, ReadingProgress } from '@waybill/messaging';
import type { Broker, ReceivedMessage } from '@waybill/messaging';
import { newId } from '@waybill/observability';

import { orderClient } from '../testing/order-client.js';
import { startOrderService } from '../testing/order-service.js';
import type { OrderService } from '../testing/order-service.js';
import { answers } from '../testing/participants.js';

const operator = { who: 'ada', why: 'restored from the copy of Monday' };

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe('an order that this database lost', () => {
  let service: OrderService;
  let client: ReturnType<typeof orderClient>;

  beforeAll(async () => {
    service = await startOrderService();
    client = orderClient(service.app);
    const strategy = service.app.get(MessageConsumer, { strict: false });
    service.app.connectMicroservice({ strategy }, { inheritAppConfig: false });
    await service.app.startAllMicroservices();
  }, 60_000);

  afterAll(() => service.stop());

  const letters = async (key: string) => {
    const text = 'SELECT state, reason FROM held_message WHERE key = $1 ORDER BY seq';
    return service.database.query({ name: 'test_letters_of', text }, [Buffer.from(key)]);
  };
  const commands = (id: string) => service.outbox.namesFor(id).filter((name) => name !== 'dead-letter.recorded');
  const recover = (id: string) => client.http().post(`/admin/orphans/${id}/recover`).send(operator);

  /** Answers of participants arrive for an order of which nothing is left here. */
  async function orphan(...replies: ((id: string) => ReceivedMessage)[]): Promise<string> {
    const id = newId();
    const publisher = await service.app.get<Broker>(BROKER, { strict: false }).createPublisher();
    for (const { envelope, record } of replies.map((reply) => reply(id))) {
      const headers = encodeEnvelope({ ...envelope, causationId: randomUUID() }, id);
      const { topic, key, value } = record;
      await publisher.publish([{ topic, key, value, headers }]);
    }
    await until(async () => (await letters(id)).length === replies.length);
    return id;
  }

  it('is listed with the answers that are left of it, page by page (F71)', async () => {
    const ids = [await orphan(answers.charged), await orphan(answers.charged, answers.reserved)];
    const found: { orderId: string; letters: number; answers: string[] }[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const path: string = `/admin/orphans?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const { body }: { body: { items: typeof found; nextCursor: string | null } } = await client
        .http()
        .get(path)
        .expect(200);
      found.push(...body.items);
      cursor = body.nextCursor;
    }
    expect(found.find(({ orderId }) => orderId === ids[0])).toMatchObject({ letters: 1 });
    const both = ['inventory.reserved.v1', 'payment.charged.v1'];
    expect(found.find(({ orderId }) => orderId === ids[1])).toMatchObject({ letters: 2, answers: both });
    for (const id of ids) await recover(id).expect(200);
    const { body } = await client.http().get('/admin/orphans').expect(200);
    expect(body).toEqual({ items: [], nextCursor: null });
  });

  it('is undone and refunded where it had not been fulfilled, and its letters are settled (F71)', async () => {
    const id = await orphan(answers.charged, answers.reserved);
    await client.http().get(`/orders/${id}`).expect(404);
    expect((await recover(id).expect(200)).body).toMatchObject({ orderId: id, status: 'COMPENSATING' });
    expect(await client.get(id)).toMatchObject({ status: 'PLACED', total: { amount: 500, currency: 'EUR' } });
    expect((await letters(id)).map(({ state }) => state)).toEqual(['discarded', 'discarded']);

    await service.answer(answers.unshipped(id));
    await service.answer(answers.released(id));
    await service.answer(answers.refunded(id));
    expect(commands(id)).toEqual(['shipping.cancel-shipment', 'inventory.release', 'payment.refund']);
    expect(await client.get(id)).toMatchObject({
      status: 'REJECTED',
      items: [{ sku: 'SKU-1', quantity: 2, unitPrice: 250, lineTotal: 500 }],
      failure: { code: 'RECORD_LOST' },
    });
  });

  it('is fulfilled where it had been, with its total and its lines (F71)', async () => {
    const id = await orphan(answers.charged, answers.reserved, answers.shipped, answers.committed);
    expect((await recover(id).expect(200)).body).toMatchObject({ status: 'RUNNING', step: 'confirm' });
    expect(commands(id)).toEqual(['inventory.commit']);
    await service.answer(answers.committed(id));
    expect(await client.get(id)).toMatchObject({
      status: 'FULFILLED',
      total: { amount: 500, currency: 'EUR' },
      items: [{ sku: 'SKU-1', quantity: 2, unitPrice: 250, lineTotal: 500 }],
    });
    expect((await client.http().get(`/sagas/${id}`).expect(200)).body).toMatchObject({ status: 'COMPLETED' });
  });

  it.each<[string, readonly ((id: string) => ReceivedMessage)[]]>([
    ['alone', [answers.committed]],
    ['without that of the shipment', [answers.charged, answers.reserved, answers.committed]],
  ])('is fulfilled where the answer to its confirmation is left, %s: it had been (F71)', async (_, replies) => {
    const id = await orphan(...replies);
    expect((await recover(id).expect(200)).body).toMatchObject({ status: 'RUNNING', step: 'confirm' });
    await service.answer(answers.committed(id));
    expect(commands(id)).toEqual(['inventory.commit']);
    expect(await client.get(id)).toMatchObject({ status: 'FULFILLED' });
  });

  it('is refused while answers wait at the broker, as one of them may say that it was fulfilled (F71)', async () => {
    const id = await orphan(answers.charged);
    const reading = jest.spyOn(service.app.get(ReadingProgress, { strict: false }), 'read');
    const state = { ends: new Map(), lostAtMs: undefined, hasRead: () => false };
    reading.mockResolvedValue(state);
    const { body } = await recover(id).expect(409);
    expect(body).toMatchObject({ code: 'REPLIES_UNREAD', detail: expect.stringContaining('wait until no service') });
    reading.mockRejectedValue(new Error('no broker'));
    expect((await recover(id).expect(409)).body.code).toBe('REPLIES_UNREAD');
    reading.mockRestore();
    await recover(id).expect(200);
  });

  it('takes back any amount where nobody told how much was charged', async () => {
    const id = await orphan(answers.reserved);
    await recover(id).expect(200);
    await service.answer(answers.unshipped(id));
    await service.answer(answers.released(id));
    await service.answer(answers.refunded(id));
    expect(await client.get(id)).toMatchObject({ status: 'REJECTED', total: { amount: 0 } });
  });

  it('is recovered once, of two at once, and tells operators alone who did it and why', async () => {
    const id = await orphan(answers.charged);
    const statuses = (await Promise.all([recover(id), recover(id)])).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 404]);
    expect(commands(id)).toEqual(['shipping.cancel-shipment']);
    const { body } = await client.http().get(`/admin/sagas/${id}/timeline`).expect(200);
    expect(JSON.stringify(body)).toContain(operator.why);
    expect(JSON.stringify(await client.timeline(id))).not.toContain(operator.why);
    expect((await client.timeline(id)).map(({ type }) => type)).toContain('saga-recovered');
  });

  it('is refused where nothing is left of it, and where it is known', async () => {
    expect((await recover(randomUUID()).expect(404)).body.code).toBe('NO_ORPHANED_REPLIES');
    const id = await orphan(answers.charged);
    await recover(id).expect(200);
    const revive = `UPDATE held_message SET state = 'dead' WHERE key = $1`;
    await service.database.query({ name: 'test_revive', text: revive }, [Buffer.from(id)]);
    expect((await recover(id).expect(409)).body.code).toBe('SAGA_EXISTS');
  });
});
