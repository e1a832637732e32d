import { randomUUID } from 'node:crypto';

import { PaymentCharged, ProcessPayment } from '@waybill/contracts';
import { BROKER, encodeEnvelope, MessageConsumer } from '@waybill/messaging';
import type { Broker, Headers } from '@waybill/messaging';

import { orderClient } from '../testing/order-client.js';
import { startOrderService } from '../testing/order-service.js';
import type { OrderService } from '../testing/order-service.js';

interface Forgery {
  readonly key?: string | null;
  readonly headers?: Headers;
  readonly data?: object;
}

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe('replies that arrive from the broker', () => {
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

  async function publish(id: string, { key = id, headers = {}, data = {} }: Forgery, eventId: string = randomUUID()) {
    const order = await client.get(id);
    const causationId = service.outbox.sent.find((sent) => sent.key === id && sent.contract === ProcessPayment)?.id;
    const envelope = encodeEnvelope(
      {
        id: eventId,
        source: '/payment',
        type: PaymentCharged.type,
        time: new Date().toISOString(),
        correlationId: id,
        causationId: causationId ?? '',
      },
      key,
    );
    const publisher = await service.app.get<Broker>(BROKER, { strict: false }).createPublisher();
    const value = JSON.stringify({ orderId: id, paymentId: 'pay', amount: order.total, ...data });
    const record = { topic: PaymentCharged.topic, value: Buffer.from(value), headers: { ...envelope, ...headers } };
    await publisher.publish([{ ...record, key: key === null ? null : Buffer.from(key) }]);
    return eventId;
  }

  const letter = async (messageId: string) => {
    const text = 'SELECT state, reason FROM held_message WHERE message_id = $1';
    return (await service.database.query({ name: 'test_letter', text }, [messageId]))[0];
  };
  const commands = (id: string) => service.outbox.namesFor(id).filter((name) => name !== 'dead-letter.recorded');
  const cent = { amount: { amount: 1, currency: 'EUR' } };

  it.each<[string, Forgery, string]>([
    ['without a cause', { headers: { ce_causationid: '' } }, 'REPLY_WITHOUT_CAUSE'],
    ['to a command of nobody', { headers: { ce_causationid: randomUUID() } }, 'REPLY_TO_UNKNOWN_COMMAND'],
    ['from another service', { headers: { ce_source: '/shipping' } }, 'WRONG_SOURCE'],
    ['without a key', { key: null, headers: { ce_subject: 'any' } }, 'KEY_MISMATCH'],
    ['about another order than its key', { data: { orderId: randomUUID() } }, 'KEY_MISMATCH'],
    ['of another amount', { data: cent }, 'REPLY_NOT_AS_ASKED'],
    ['in a version nobody knows', { headers: { ce_type: 'payment.charged.v9' } }, 'UNKNOWN_VERSION'],
  ])('%s are dead letters with the reason, and the true one moves the order (F63)', async (_, forgery, reason) => {
    const { id } = await client.place();
    const forged = await publish(id, forgery);
    await until(async () => (await letter(forged)) !== undefined);
    expect(await letter(forged)).toEqual({ state: 'dead', reason });
    expect(commands(id)).toEqual(['payment.process']);
    await publish(id, {});
    await until(async () => commands(id).length > 1);
    expect(commands(id)).toEqual(['payment.process', 'inventory.reserve']);
  });

  it('for an order that is not here are dead letters (F63)', async () => {
    const { id } = await client.place();
    const unknown = randomUUID();
    const forged = await publish(id, { key: unknown, data: { orderId: unknown } });
    await until(async () => (await letter(forged)) !== undefined);
    expect(await letter(forged)).toMatchObject({ reason: 'REPLY_TO_UNKNOWN_SAGA' });
  });
});
