import { createDataSource, Database, databaseUrl, ensureDatabase, migrate } from '@waybill/database';
import { kafkaBroker } from '@waybill/kafka';
import { newMessage } from '@waybill/messaging';
import type { Broker, MessageContract, NewMessage, Publisher } from '@waybill/messaging';
import { outboxMigrations } from '@waybill/outbox';
import { OutboxHarness } from '@waybill/outbox/testing';

import { dropDatabase } from '../shared/drop-database.js';
import type { Place } from '../shared/infrastructure.js';

export const PARTITIONS = 6;

export interface Bench {
  readonly kafkaBrokers: readonly string[];
  readonly broker: Broker;
  readonly harness: OutboxHarness;
  newTopic(): Promise<string>;
  close(): Promise<void>;
}

export async function openBench({ kafkaBrokers: brokers, serverUrl }: Place): Promise<Bench> {
  const name = `bench_outbox_${Date.now()}`;
  const url = databaseUrl(serverUrl, name);
  await ensureDatabase(serverUrl, name);
  const dataSource = await createDataSource({ url, migrations: outboxMigrations }).initialize();
  await migrate(dataSource, url);
  await new Database(dataSource).onApplicationShutdown();
  const harness = await OutboxHarness.open(url);
  const broker = kafkaBroker({ brokers, clientId: 'bench' })({ partitions: PARTITIONS }, silent);
  let topics = 0;
  return {
    kafkaBrokers: brokers,
    broker,
    harness,
    async newTopic() {
      const topic = `${name}_${++topics}`;
      await broker.ensureTopics([{ name: topic, kind: 'event' }]);
      return topic;
    },
    async close() {
      await harness.close();
      await broker.close();
      await dropDatabase(serverUrl, name);
    },
  };
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** About what an order's messages look like. */
export function benchMessage(topic: string, key: string): NewMessage {
  const contract: MessageContract = {
    kind: 'command',
    topic,
    name: 'payment.process-payment',
    version: 1,
    type: 'payment.process-payment.v1',
    upcasters: new Map(),
    personal: [],
    parse: (data) => data,
  };
  const items = [1, 2, 3].map((n) => ({ sku: `SKU-${n}`, quantity: n }));
  const cause = {
    id: '0190b9a0-0000-7000-8000-000000000001',
    correlationId: key,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  };
  return newMessage(contract, { key, data: { orderId: key, items, total: 1000, currency: 'EUR' }, cause });
}

/** A broker whose publishers tell when records were acknowledged. */
export function watched(
  broker: Broker,
  onAcknowledged: (ids: readonly string[]) => void,
): Pick<Broker, 'createPublisher'> {
  return {
    async createPublisher(): Promise<Publisher> {
      const publisher = await broker.createPublisher();
      return {
        async publish(records) {
          const outcomes = await publisher.publish(records);
          onAcknowledged(records.filter((_, n) => outcomes[n]?.ok).map(({ headers }) => String(headers['ce_id'])));
          return outcomes;
        },
        close: () => publisher.close(),
      };
    },
  };
}
