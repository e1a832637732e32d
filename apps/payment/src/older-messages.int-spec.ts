import { eventually } from '@waybill/messaging/testing';
import { v7 as uuidv7 } from 'uuid';

import { startPaymentService } from './testing/running-service.js';
import type { PaymentService } from './testing/running-service.js';

const V1 = 'payment.process.v1';
const V2 = 'payment.process.v2';
const operator = { who: 'ada', why: 'sent before the new version' };
const amount = { amount: 1_250, currency: 'EUR' };

// #region before
/** As the version before sent it, and as it still lies on the broker, in outboxes and among the dead letters. */
const before = (orderId: string, paymentMethod: unknown = 'pm_card_ok') => ({
  orderId,
  customerId: 'c1',
  amount,
  paymentMethod,
});
// #endregion
const today = (orderId: string, kind = 'card') => before(orderId, { kind, token: 'pm_card_ok' });

jest.setTimeout(120_000);

describe('commands to charge of the version before', () => {
  let service: PaymentService;

  beforeAll(async () => {
    service = await startPaymentService();
  });
  afterAll(() => service.stop());

  const statusOf = async (orderId: string): Promise<unknown> =>
    (await service.get(`/payments?orderId=${orderId}`)).body[0]?.status;
  const untilCharged = (...orderIds: readonly string[]) =>
    eventually(async () => (await Promise.all(orderIds.map(statusOf))).every((status) => status === 'CHARGED'), 30_000);
  const heldOf = async (key: string): Promise<readonly { id: string; type: string; state: string }[]> =>
    (await service.get(`/admin/dead-letters?state=any&key=${key}`)).body.items;

  it('are charged beside those of today', async () => {
    const [old, current] = [uuidv7(), uuidv7()];
    await service.publish(V1, old, before(old));
    await service.publish(V2, current, today(current));
    await untilCharged(old, current);
  });

  it('are once in effect with one of today for the same order', async () => {
    const order = uuidv7();
    await service.publish(V1, order, before(order));
    await service.publish(V2, order, today(order));
    await service.publish(V1, order, before(order));
    await untilCharged(order);
    const { body } = await service.get(`/payments?orderId=${order}`);
    expect(body).toHaveLength(1);
  });

  it('name what is wrong in them by the fields of today', async () => {
    const order = uuidv7();
    await service.publish(V1, order, before(order, 7));
    await eventually(async () => (await heldOf(order)).length === 1, 30_000);
    const [letter] = await heldOf(order);
    const { body } = await service.get(`/admin/dead-letters/${letter?.id}`);
    expect(body).toMatchObject({ reason: 'INVALID_MESSAGE_DATA', type: V1 });
    expect(body.lastError).toContain('/paymentMethod/token');
  });

  it('are masked, previewed, edited and replayed as dead letters, with those that wait behind them', async () => {
    const order = uuidv7();
    await service.publish(V1, order, { ...before(order), amount: undefined });
    await eventually(async () => (await heldOf(order)).length === 1, 30_000);
    await service.publish(V1, order, before(order));
    await service.publish(V2, order, today(order));
    await eventually(async () => (await heldOf(order)).length === 3, 30_000);
    const letter = (await heldOf(order)).find(({ state }) => state === 'dead');

    const { body: shown } = await service.get(`/admin/dead-letters/${letter?.id}`);
    expect(JSON.stringify(shown)).not.toContain('pm_card_ok');
    const preview = await service.post('/admin/dead-letters/preview', { filter: { key: order }, limit: 10 });
    expect(preview.body.items).toMatchObject([{ id: letter?.id, behind: 2, upcasters: [`${V1}→${V2}`] }]);

    const edit = (payload: unknown, as?: string) =>
      service.post(`/admin/dead-letters/${letter?.id}/edit`, { payload, as, ...operator });
    const { body: unsaid } = await edit(today(order));
    expect(unsaid).toMatchObject({ status: 422, code: 'LETTER_VERSION_CHANGES' });
    expect(unsaid.errors).toEqual([{ pointer: '/as', code: 'NOT_ALLOWED', message: `must be ${V2}` }]);
    const { body: refused } = await edit(before(order), V2); // an edit writes a message of today
    expect(refused).toMatchObject({ status: 422, code: 'INVALID_PAYLOAD' });
    expect(refused.errors.map(({ pointer }: { pointer: string }) => pointer)).toContain('/payload/paymentMethod');
    expect((await edit(today(order), V2)).status).toBe(200);
    await untilCharged(order);
    await eventually(async () => (await heldOf(order)).every(({ state }) => state === 'handled'), 30_000);
  });

  it('F59: a method of payment that today’s code doesn’t know is declined, not dead', async () => {
    const order = uuidv7();
    await service.publish(V2, order, today(order, 'wallet'));
    await eventually(async () => (await statusOf(order)) === 'DECLINED', 30_000);
  });

  it('of a version after this one wait as dead letters until there is code for it', async () => {
    const order = uuidv7();
    await service.publish('payment.process.v3', order, today(order));
    await eventually(async () => (await heldOf(order)).length === 1, 30_000);
    const { body } = await service.get(`/admin/dead-letters?key=${order}`);
    expect(body.items).toMatchObject([{ reason: 'UNKNOWN_VERSION' }]);
  });
});
