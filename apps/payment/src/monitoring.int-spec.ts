import { randomBytes } from 'node:crypto';

import { testDatabaseServer, testKafkaBrokers } from '@waybill/embedded/testing';
import type { HttpService } from '@waybill/http';
import { testedClient, testKafka } from '@waybill/kafka/testing';
import type { Broker } from '@waybill/messaging';
import { eventually } from '@waybill/messaging/testing';
import { isSigned, receiveWebhooks } from '@waybill/observability/testing';
import type { WebhookReceiver } from '@waybill/observability/testing';
import { startService } from '@waybill/service';
import { Client } from 'pg';

import { PaymentModule } from './payment.module.js';

jest.setTimeout(180_000);

const SECRET = `whsec_${randomBytes(32).toString('base64')}`;

describe('the monitor of a running service', () => {
  const prefix = `m${randomBytes(4).toString('hex')}`;
  let receiver: WebhookReceiver;
  let service: HttpService;
  let broker: Broker;

  const start = () =>
    startService(PaymentModule, {
      PAYMENT_PORT: '0',
      DATABASE_URL: testDatabaseServer(),
      DATABASE_PREFIX: `${prefix}_`,
      KAFKA_BROKERS: testKafkaBrokers().join(','),
      KAFKA_PREFIX: `${prefix}.`,
      KAFKA_CLIENT: testedClient,
      TOPIC_PARTITIONS: '2',
      LOG_LEVEL: 'silent',
      MONITOR_INTERVAL_MS: '1000',
      ALERT_RESOLVE_AFTER_MS: '1000',
      ALERT_WEBHOOK_URL: receiver.url,
      ALERT_WEBHOOK_SECRET: SECRET,
    });

  beforeAll(async () => {
    receiver = await receiveWebhooks();
    service = await start();
    broker = testKafka({ brokers: testKafkaBrokers(), topicPrefix: `${prefix}.` });
  });

  afterAll(async () => {
    await service.close();
    await broker.close();
    await receiver.close();
    const client = new Client({ connectionString: testDatabaseServer() });
    await client.connect();
    for (const name of ['payment', 'payment_provider']) {
      await client.query(`DROP DATABASE IF EXISTS "${prefix}_${name}" WITH (FORCE)`);
    }
    await client.end();
  });

  const get = (path: string) => fetch(`http://127.0.0.1:${service.port}${path}`);
  const incidents = async (query = ''): Promise<readonly { readonly rule: string }[]> => {
    const body = await (await get(`/admin/incidents${query}`)).json();
    return (body as { items: readonly { rule: string }[] }).items; // the answer's contract
  };
  const metrics = async () => (await get('/metrics')).text();
  const inDatabase = async (statement: string): Promise<void> => {
    const connectionString = `${testDatabaseServer().replace(/\/[^/]*$/, '')}/${prefix}_payment`;
    const client = new Client({ connectionString });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  const told = () => receiver.received.map(({ body }) => `${body.type} ${String(body.data['rule'])}`);

  async function publishPoison(count: number): Promise<void> {
    const publisher = await broker.createPublisher();
    const records = Array.from({ length: count }, (_, index) => ({
      topic: 'payment.commands',
      key: Buffer.from(`k${index}`),
      value: Buffer.from('no json'),
      headers: { ce_specversion: '1.0', ce_id: `p${index}`, ce_source: '/t', ce_type: 'payment.process.v1' },
    }));
    await publisher.publish(records);
    await publisher.close();
  }

  it('tells the webhook once of many dead letters, also after a restart, and of the end', async () => {
    await publishPoison(20);
    await eventually(async () => (await metrics()).includes('waybill_dead_letters{group="payment"} 20'), 60_000);
    await eventually(() => told().length > 0, 30_000);
    for (const expected of [
      'waybill_parked_keys{group="payment"} 20',
      'waybill_outbox_unpublished{topic="payment.events"} 0',
      'waybill_outbox_oldest_seconds{topic="payment.events"} 0',
      'waybill_consumer_lag_messages{group="payment",topic="payment.commands"} 0',
      'waybill_consumer_down_seconds{group="payment"} 0',
      'waybill_monitor_failures_total{source="dlq"} 0',
      'waybill_monitor_failures_total{source="lag"} 0',
    ]) {
      await eventually(async () => (await metrics()).includes(expected), 30_000); // each source is read by itself
    }
    expect(await incidents('?state=open')).toMatchObject([
      { rule: 'dead-letters', subject: 'group=payment', severity: 'warning', endedAt: null, unconfirmedSince: null },
    ]);
    await eventually(
      async () => (await metrics()).includes('waybill_incidents{rule="dead-letters",severity="warning"} 1'),
      30_000,
    );
    await service.close();
    await inDatabase(`UPDATE incident_watch SET watched_at = watched_at - interval '1 hour'`); // as if it had been down for long
    service = await start();
    await eventually(async () => (await metrics()).includes('waybill_dead_letters{group="payment"} 20'), 60_000);
    await eventually(async () => (await incidents('?state=ended')).some(({ rule }) => rule === 'unwatched'), 60_000);
    expect(await incidents('?state=open')).toMatchObject([{ rule: 'dead-letters' }]); // the same one continues
    await inDatabase(`UPDATE held_message SET state = 'discarded'`);
    await eventually(() => told().includes('alert.resolved dead-letters'), 60_000);
    expect(told()).toEqual(['alert.firing dead-letters', 'alert.resolved dead-letters']);
    const [, ...more] = (await incidents()).filter(({ rule }) => rule === 'dead-letters');
    expect(more).toEqual([]);
    expect(await incidents('?state=ended&severity=warning')).toContainEqual(
      expect.objectContaining({ rule: 'dead-letters', peak: 20, endedAt: expect.any(String) }),
    );
    expect(await incidents('?severity=critical')).toEqual([]);
    expect(receiver.received.every((received) => isSigned(received, SECRET))).toBe(true);
    expect(receiver.received[0]?.body.data).toMatchObject({ service: 'payment', subject: 'group=payment' });
  });

  it('shows operators what it consumes and how far it is behind', async () => {
    const response = await get('/admin/topics');
    expect(await response.json()).toEqual([
      {
        topic: 'payment.commands',
        group: 'payment',
        partitions: 2,
        lagMessages: 0,
        lagSeconds: 0,
        issues: [],
        brokerDeadLetters: [],
      },
    ]);
  });
});
