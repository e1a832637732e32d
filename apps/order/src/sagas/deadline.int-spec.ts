import { MessageConsumer } from '@waybill/messaging';
import { SagaStore } from '@waybill/saga';

import { orderClient } from '../testing/order-client.js';
import { startOrderService } from '../testing/order-service.js';
import type { OrderService } from '../testing/order-service.js';
import { answers } from '../testing/participants.js';
import { FULFIL_ORDER } from './fulfil-order.saga.js';

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe('a step that nobody answers', () => {
  let service: OrderService;
  let client: ReturnType<typeof orderClient>;

  beforeAll(async () => {
    service = await startOrderService({ sagaStepDeadlineMs: 1_000 });
    client = orderClient(service.app);
    // No deadline fires before it is known whether the database is an older copy.
    const strategy = service.app.get(MessageConsumer, { strict: false });
    service.app.connectMicroservice({ strategy }, { inheritAppConfig: false });
    await service.app.startAllMicroservices();
  }, 60_000);

  afterAll(() => service.stop());

  it('fails at its deadline, is undone like a completed one, and a charge that comes later is refunded (F23, F24)', async () => {
    const { id } = await client.place();
    await until(async () => (await client.get(id)).failure !== undefined);
    expect(await client.get(id)).toMatchObject({
      status: 'PLACED',
      failure: { step: 'process-payment', code: 'STEP_TIMED_OUT' },
    });
    await service.answer(answers.refunded(id));
    expect(await client.get(id)).toMatchObject({ status: 'REJECTED', failure: { code: 'STEP_TIMED_OUT' } });
    await service.answer(answers.charged(id));
    expect(service.outbox.namesFor(id).slice(-1)).toEqual(['payment.refund']);
    await service.answer(answers.refunded(id));
    expect(await client.get(id)).toMatchObject({ status: 'REJECTED' });
  }, 30_000);

  it('does not fail while its command has not left the outbox', async () => {
    const { id } = await client.place();
    const saga = await service.app.get(SagaStore).find(FULFIL_ORDER, id);
    const commandId = saga?.steps[0]?.commandId ?? '';
    service.outbox.unpublished.add(commandId);
    await until(async () => (await client.timeline(id)).some(({ type }) => type === 'deadline-postponed'));
    expect((await client.get(id)).failure).toBeUndefined();
    service.outbox.unpublished.delete(commandId);
    await until(async () => (await client.get(id)).failure !== undefined);
    expect(await client.get(id)).toMatchObject({ failure: { code: 'STEP_TIMED_OUT' } });
  }, 30_000);
});
