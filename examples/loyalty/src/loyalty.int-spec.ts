import { randomBytes, randomUUID } from 'node:crypto';

import { PaymentCharged } from '@waybill/contracts';
import { dropTestDatabases, testDatabaseServer, testKafkaBrokers } from '@waybill/embedded/testing';
import type { HttpService } from '@waybill/http';
import { testKafka } from '@waybill/kafka/testing';
import { encodeEnvelope, newMessage } from '@waybill/messaging';
import type { Broker } from '@waybill/messaging';
import { eventually } from '@waybill/messaging/testing';
import { migrateService, startService } from '@waybill/service';

import { LoyaltyModule } from './loyalty.module.js';

describe('the service of docs/add-a-service.md', () => {
  const unique = randomBytes(5).toString('hex');
  const env = {
    DATABASE_URL: testDatabaseServer(),
    DATABASE_PREFIX: `x${unique}_`,
    KAFKA_BROKERS: testKafkaBrokers().join(','),
    KAFKA_PREFIX: `x${unique}.`,
    LOYALTY_PORT: '0',
    LOG_LEVEL: 'silent',
  };
  let service: HttpService;
  let broker: Broker;

  beforeAll(async () => {
    broker = testKafka({ brokers: testKafkaBrokers(), topicPrefix: env.KAFKA_PREFIX });
  });

  afterAll(async () => {
    await service?.close();
    await broker.close();
    await dropTestDatabases(env.DATABASE_PREFIX);
  });

  const get = async (path: string): Promise<unknown> => (await fetch(`http://127.0.0.1:${service.port}${path}`)).json();

  async function publish(orderId: string, amount: number): Promise<void> {
    const data = { orderId, paymentId: randomUUID(), amount: { amount, currency: 'EUR' } };
    const { id, time, correlationId } = newMessage(PaymentCharged, { key: orderId, data });
    const envelope = { id, source: '/payment', type: PaymentCharged.type, time, correlationId };
    const publisher = await broker.createPublisher();
    const record = { topic: PaymentCharged.topic, key: Buffer.from(orderId), value: Buffer.from(JSON.stringify(data)) };
    const headers = encodeEnvelope(envelope, orderId);
    const outcomes = await publisher.publish([record, record].map((one) => ({ ...one, headers }))); // delivered twice
    expect(outcomes).toEqual([{ ok: true }, { ok: true }]);
    await publisher.close();
  }

  it('is migrated without being started, once', async () => {
    expect(await migrateService(LoyaltyModule, env)).toMatch(/_loyalty: .*CreatePoints1795600000500/);
    expect(await migrateService(LoyaltyModule, env)).toMatch(/_loyalty: up to date$/);
  });

  it('becomes ready, handles a message once in effect, tells of it, and answers over HTTP', async () => {
    service = await startService(LoyaltyModule, env);
    await eventually(async () => (await fetch(`http://127.0.0.1:${service.port}/health/ready`)).ok, 20_000);
    const orderId = randomUUID();
    await publish(orderId, 1_250);
    await eventually(async () => JSON.stringify(await get(`/points/${orderId}`)) === '{"points":12}', 20_000);

    const told: string[] = [];
    const subscription = await broker.subscribe(
      { group: 'test', topics: ['loyalty.events'] },
      {
        onAssigned: () => {},
        onHealth: () => {},
        onRecords: (_, records) => told.push(...records.map(({ value }) => String(value))),
      },
    );
    await eventually(async () => told.length > 0, 20_000);
    await subscription.close();
    expect(told.map((text) => JSON.parse(text) as unknown)).toEqual([{ orderId, points: 12 }]);
  });
});
