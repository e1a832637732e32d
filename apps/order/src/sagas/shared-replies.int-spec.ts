import { randomUUID } from 'node:crypto';

import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { PaymentCharged, ProcessPayment } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { Replays } from '@waybill/dlq';
import { BROKER, encodeEnvelope, MessageConsumer, MessageHandler } from '@waybill/messaging';
import type { Broker, DataOf, MessageContext } from '@waybill/messaging';

import { orderClient } from '../testing/order-client.js';
import { startOrderService } from '../testing/order-service.js';
import type { OrderService } from '../testing/order-service.js';

const receipts: string[] = [];
let isMailDown = true;

/** A handler of the application's own for what a saga awaits too. */
@Controller()
class Receipts {
  @MessageHandler(PaymentCharged, { subscriber: 'receipts', retry: { immediateAttempts: 1, delayedAttempts: 0 } })
  send(@Payload() { orderId }: DataOf<typeof PaymentCharged>, @Ctx() { tx }: MessageContext<Transaction>): void {
    if (isMailDown) throw new Error('the mail server is down');
    tx.afterCommit(() => receipts.push(orderId));
  }
}

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe('F82: a reply that the application handles too', () => {
  let service: OrderService;
  let client: ReturnType<typeof orderClient>;

  beforeAll(async () => {
    service = await startOrderService({ controllers: [Receipts] });
    client = orderClient(service.app);
    const strategy = service.app.get(MessageConsumer, { strict: false });
    service.app.connectMicroservice({ strategy }, { inheritAppConfig: false });
    await service.app.startAllMicroservices();
  }, 60_000);
  afterAll(() => service.stop());

  it('moves the saga although the other handler fails; a replay of its letter runs that one alone', async () => {
    const { id, total } = await client.place();
    const causationId = service.outbox.sent.find((sent) => sent.key === id && sent.contract === ProcessPayment)?.id;
    const type = PaymentCharged.type;
    const time = new Date().toISOString();
    const envelope = {
      id: randomUUID(),
      source: '/payment',
      type,
      time,
      correlationId: id,
      causationId: causationId ?? '',
    };
    const value = Buffer.from(JSON.stringify({ orderId: id, paymentId: 'pay', amount: total }));
    const record = { topic: PaymentCharged.topic, key: Buffer.from(id), value, headers: encodeEnvelope(envelope, id) };
    const publisher = await service.app.get<Broker>(BROKER, { strict: false }).createPublisher();
    await publisher.publish([record, record]);

    const letters = async () => {
      const text = 'SELECT handler, subscriber, state FROM held_message WHERE key = $1';
      return service.database.query({ name: 'test_letters', text }, [Buffer.from(id)]);
    };
    await until(async () => (await letters()).length > 0);
    const letter = { handler: 'Receipts.send', subscriber: 'receipts' };
    expect(await letters()).toEqual([{ ...letter, state: 'dead' }]);
    const commands = () => service.outbox.namesFor(id).filter((name) => name !== 'dead-letter.recorded');
    await until(async () => commands().length > 1);
    expect(commands()).toEqual(['payment.process', 'inventory.reserve']);

    isMailDown = false;
    const actor = { who: 'ada', why: 'the mail server is back' };
    await service.app.get(Replays, { strict: false }).replay({}, actor, { limit: 10, waitMs: 20_000 });
    expect(await letters()).toEqual([{ ...letter, state: 'handled' }]);
    expect([receipts, commands()]).toEqual([[id], ['payment.process', 'inventory.reserve']]);
  });
});
