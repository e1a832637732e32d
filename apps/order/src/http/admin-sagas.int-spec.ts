import { randomUUID } from 'node:crypto';

import { RefundFailed } from '@waybill/contracts';
import { PostgresProxy, testDatabaseServer } from '@waybill/embedded/testing';
import { receivedMessage } from '@waybill/messaging/testing';

import type { TimelineEntry } from '../projections/timeline.js';
import { orderClient } from '../testing/order-client.js';
import { startOrderService } from '../testing/order-service.js';
import type { OrderService } from '../testing/order-service.js';
import { answers } from '../testing/participants.js';

/** As if all refunds but one had been refused. */
const LAST_ATTEMPT = {
  name: 'test_last_attempt',
  text: `UPDATE saga_instance SET steps = jsonb_set(steps::jsonb, '{0,attempts}', '100') WHERE id = $1`,
};
const operator = { who: 'ada', why: 'refunded by hand at the bank' };

describe('sagas for operators', () => {
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

  /** An order whose refund the provider refuses for good. */
  async function stuckOrder(): Promise<string> {
    const { id } = await client.place();
    await service.answer(answers.charged(id));
    await service.answer(answers.soldOut(id));
    await service.database.query(LAST_ATTEMPT, [id]);
    const refusal = { orderId: id, paymentId: 'pay', code: 'REFUND_REFUSED', message: 'The card is closed' };
    await service.answer(receivedMessage(RefundFailed, { key: id, data: refusal }));
    return id;
  }

  const operate = (action: string, id: string, body: object = operator) =>
    client.http().post(`/admin/sagas/${id}/${action}`).send(body);
  const list = (query: string) => client.http().get(`/admin/sagas${query}`);

  it('lists them by status, newest first, page by page, with what they are stuck at', async () => {
    const ids = [await stuckOrder(), await stuckOrder()];
    await client.place();
    const { body: first } = await list('?status=COMPENSATION_FAILED&limit=1').expect(200);
    const { body: second } = await list(`?status=COMPENSATION_FAILED&limit=1&cursor=${first.nextCursor}`).expect(200);
    expect([...first.items, ...second.items].map(({ orderId }) => orderId)).toEqual(ids.toReversed());
    expect(second.nextCursor).toBeNull();
    expect(first.items[0]).toMatchObject({
      status: 'COMPENSATION_FAILED',
      step: 'process-payment',
      error: { step: 'process-payment', code: 'REFUND_REFUSED' },
    });
  });

  it('takes a forced step as undone, once, and tells operators who decided and why, and nobody else (F74)', async () => {
    const id = await stuckOrder();
    const { body } = await operate('force', id).expect(200);
    expect(body).toMatchObject({ orderId: id, status: 'COMPENSATED' });
    expect(await client.get(id)).toMatchObject({ status: 'REJECTED' });
    const { body: told } = await client.http().get(`/admin/sagas/${id}/timeline`).expect(200);
    const operated = (entries: readonly TimelineEntry[]) => entries.find(({ type }) => type === 'operated')?.detail;
    expect(operated(told)).toEqual({ step: 'process-payment', action: 'force', by: 'ada', reason: operator.why });
    expect(operated(await client.timeline(id))).toEqual({ step: 'process-payment', action: 'force' });
    expect((await operate('force', id).expect(409)).body.code).toBe('SAGA_ACTION_REFUSED');
  });

  it.each(['force', 'skip'])(
    'sends no second refund for a charge that is told of after a %s, and tells of it (F24)',
    async (action) => {
      const id = await stuckOrder();
      await operate(action, id).expect(200);
      const before = service.outbox.namesFor(id);
      await service.answer(answers.charged(id));
      expect(service.outbox.namesFor(id)).toEqual(before);
      expect((await client.http().get(`/sagas/${id}`).expect(200)).body).toMatchObject({ status: 'COMPENSATED' });
      expect((await client.timeline(id)).at(-1)).toMatchObject({
        kind: 'saga',
        type: 'late-success-left',
        detail: { step: 'process-payment' },
      });
    },
  );

  it('cancels for a customer, who learns the reason and not by whom; operators do', async () => {
    const { id } = await client.place();
    const { body } = await operate('cancel', id, { who: 'ada', why: 'called by phone' }).expect(202);
    expect(body).toMatchObject({ id, failure: { code: 'CANCELLED', message: 'called by phone' } });
    const cancelled = (entries: readonly TimelineEntry[]) =>
      entries.find(({ type }) => type === 'POST /admin/sagas/{orderId}/cancel')?.detail;
    const { body: told } = await client.http().get(`/admin/sagas/${id}/timeline`).expect(200);
    expect(cancelled(told)).toEqual({ reason: 'called by phone', by: 'ada' });
    expect(cancelled(await client.timeline(id))).toEqual({ reason: 'called by phone' });
    expect((await operate('cancel', randomUUID()).expect(404)).body.code).toBe('ORDER_NOT_FOUND');
  });

  it('puts on record who decided what about which order, and nothing of what was refused', async () => {
    const id = await stuckOrder();
    await operate('retry', id).expect(200);
    await operate('force', id).expect(200);
    await operate('force', id).expect(409);
    const { body } = await client.http().get(`/admin/audit?about=${id}`).expect(200);
    expect(body).toMatchObject({
      items: [
        { act: 'sagas.force', ...operator, subject: id, key: id },
        { act: 'sagas.retry', ...operator, subject: id, key: id },
      ],
      nextCursor: null,
    });
  });

  it('says of a skipped step what stays in place: what was charged, for good', async () => {
    const id = await stuckOrder();
    const held = { step: 'process-payment', charged: expect.objectContaining({ currency: 'EUR' }) };
    const one = async () => (await client.http().get(`/admin/sagas/${id}`).expect(200)).body;
    expect(await one()).toMatchObject({ status: 'COMPENSATION_FAILED', held: [{ ...held, skipped: false }] });
    await operate('skip', id).expect(200);
    const { items } = (await list('?limit=1').expect(200)).body;
    expect(items).toEqual([expect.objectContaining({ orderId: id, held: [{ ...held, skipped: true }] })]);
    expect(await one()).toMatchObject({
      status: 'COMPENSATED',
      held: [{ skipped: true }],
      failure: { step: 'reserve-inventory', code: 'OUT_OF_STOCK' },
      steps: [{ name: 'process-payment', error: { code: 'REFUND_REFUSED' } }, {}, {}, {}],
    });
    const done = await stuckOrder();
    await operate('force', done).expect(200);
    expect((await client.http().get(`/admin/sagas/${done}`).expect(200)).body).not.toHaveProperty('held');
    expect((await client.http().get(`/admin/sagas/${randomUUID()}`).expect(404)).body.code).toBe('ORDER_NOT_FOUND');
  });

  it('sends the command of a retried step again', async () => {
    const id = await stuckOrder();
    const before = service.outbox.namesFor(id).length;
    await operate('retry', id).expect(200);
    expect(service.outbox.namesFor(id).slice(before)).toEqual(['payment.refund']);
  });

  it('acts once, however often a request with the same Idempotency-Key is repeated (F31)', async () => {
    const id = await stuckOrder();
    const before = service.outbox.namesFor(id).length;
    const keyed = (body: object = operator) => operate('retry', id, body).set('Idempotency-Key', `retry:${id}`);
    const [first, second] = [await keyed().expect(200), await keyed().expect(200)];
    expect(second.text).toBe(first.text);
    expect((await keyed({ ...operator, why: 'another reason' }).expect(422)).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(service.outbox.namesFor(id).slice(before)).toEqual(['payment.refund']);
  });

  it.each([
    ['applied', 'COMPENSATED'],
    ['lost', 'COMPENSATION_FAILED'],
  ] as const)(
    'says that the outcome is unknown when a COMMIT was %s with its connection: the saga then tells (F36)',
    async (outcome, then) => {
      const id = await stuckOrder();
      const cut = proxy.cutCommit({ outcome, having: ['saga_save'] });
      const { body } = await operate('force', id).expect(503);
      await cut;
      expect(body).toMatchObject({ code: 'OUTCOME_UNKNOWN', detail: expect.stringMatching(/look for its effect/i) });
      expect((await client.http().get(`/sagas/${id}`).expect(200)).body).toMatchObject({ status: then });
    },
  );

  it.each<[string, () => Promise<{ status: number; body: { code: string } }>, number, string]>([
    ['an unknown order', async () => operate('retry', randomUUID()), 404, 'SAGA_NOT_FOUND'],
    ['an order id that is not a UUID', async () => operate('retry', '7'), 400, 'VALIDATION_FAILED'],
    ['nobody', async () => operate('skip', await stuckOrder(), { why: 'because' }), 400, 'VALIDATION_FAILED'],
    [
      'a reason with a line break',
      async () => operate('skip', await stuckOrder(), { who: 'ada', why: 'a\nb' }),
      400,
      'VALIDATION_FAILED',
    ],
    ['an unknown action', async () => operate('burn', randomUUID()), 404, 'NOT_FOUND'],
    ['an unknown status', async () => list('?status=LOST'), 400, 'VALIDATION_FAILED'],
    ['a cursor of another list', async () => list('?cursor=abc'), 400, 'INVALID_CURSOR'],
    [
      'a cursor that somebody made (F80)',
      async () => {
        const place = JSON.stringify([Number.MAX_SAFE_INTEGER, randomUUID()]);
        return list(`?cursor=${Buffer.from(place).toString('base64url')}`);
      },
      400,
      'INVALID_CURSOR',
    ],
  ])('refuses %s', async (_, ask, status, code) => {
    const answer = await ask();
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});
