import { PaymentCharged } from '@waybill/contracts';
import { BROKER, encodeEnvelope, MessageConsumer } from '@waybill/messaging';
import type { Broker } from '@waybill/messaging';
import { newId } from '@waybill/observability';

import { orderClient } from '../testing/order-client.js';
import { startOrderService } from '../testing/order-service.js';
import type { OrderService } from '../testing/order-service.js';
import { answers } from '../testing/participants.js';

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe('an order that a replica of another release has started', () => {
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

  /** As if its saga had been started with this version. */
  const lift = (id: string, version: number) => {
    const text = 'UPDATE saga_instance SET version = $2 WHERE id = $1';
    return service.database.query({ name: 'test_lift', text }, [id, version]);
  };
  const held = async (id: string) => {
    const text = 'SELECT state, reason, attempts FROM held_message WHERE key = $1';
    return service.database.query({ name: 'test_held', text }, [Buffer.from(id)]);
  };

  async function charge(id: string): Promise<void> {
    const publisher = await service.app.get<Broker>(BROKER, { strict: false }).createPublisher();
    const { envelope, record } = answers.charged(id);
    const causationId = service.outbox.sent.find(({ key }) => key === id)?.id ?? '';
    const headers = encodeEnvelope({ ...envelope, id: newId(), causationId }, id);
    await publisher.publish([{ topic: PaymentCharged.topic, key: record.key, value: record.value, headers }]);
  }

  it('loses no answer to this one, which keeps it, uncounted, for whoever knows the version (F27)', async () => {
    const { id } = await client.place();
    await lift(id, 2);
    await charge(id);
    await until(async () => (await held(id)).length > 0);
    expect(await held(id)).toEqual([{ state: 'retrying', reason: 'POSTPONED', attempts: 0 }]);
    await lift(id, 1);
    await until(async () => service.outbox.namesFor(id).length > 1);
    expect(service.outbox.namesFor(id)).toEqual(['payment.process', 'inventory.reserve']);
  }, 30_000);

  it('of a version that was taken out since: an answer that comes late is a dead letter, which holds nothing up', async () => {
    const { id } = await client.place();
    const text = `UPDATE saga_instance SET version = 0, status = 'COMPENSATED' WHERE id = $1`;
    await service.database.query({ name: 'test_old', text }, [id]);
    await charge(id);
    await until(async () => (await held(id)).length > 0);
    expect(await held(id)).toEqual([{ state: 'dead', reason: 'UNKNOWN_SAGA_VERSION', attempts: 1 }]);
  }, 30_000);

  it('is not cancelled by this one, which says so: ask again (F27)', async () => {
    const { id } = await client.place();
    await lift(id, 2);
    for (const path of [`/orders/${id}/cancel`, `/admin/sagas/${id}/cancel`, `/admin/sagas/${id}/retry`]) {
      const body = path.startsWith('/orders') ? { reason: 'no' } : { who: 'ada', why: 'no' };
      const { status, headers, body: problem } = await client.http().post(path).send(body);
      expect([path, status, problem.code, headers['retry-after']]).toEqual([path, 503, 'UNKNOWN_SAGA_VERSION', '1']);
    }
    await lift(id, 1);
    await client.http().post(`/orders/${id}/cancel`).send({ reason: 'no' }).expect(202);
  });
});
