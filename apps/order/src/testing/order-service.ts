import { randomUUID } from 'node:crypto';

import { Module } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { Database, DatabaseModule, isTransientDatabaseError } from '@waybill/database';
import { createTestDatabase, testDatabaseServer } from '@waybill/embedded/testing';
import { eventStoreMigrations } from '@waybill/event-store';
import { configureHttp, HealthModule } from '@waybill/http';
import { HttpIdempotencyModule, httpIdempotencyMigrations } from '@waybill/idempotency';
import type { MessageContract, ReceivedMessage } from '@waybill/messaging';
import { Outbox } from '@waybill/outbox';
import { sagaMigrations } from '@waybill/saga';

import { orderProblem } from '../http/order-problems.js';
import { OrderCoreModule } from '../order-core.module.js';
import { OrderHttpModule } from '../order-http.module.js';
import { Catalogue } from '../persistence/catalogue.postgres.js';
import { CreateOrderTables1795600000100 } from '../persistence/migrations/create-order-tables.js';
import { OrderEntity } from '../persistence/order.entity.js';
import { Fulfilment } from '../sagas/fulfilment.js';
import { CollectingOutbox } from './collecting-outbox.js';

export interface OrderService {
  readonly app: NestExpressApplication;
  readonly database: Database;
  readonly outbox: CollectingOutbox;
  /** Hands answers to the saga, all in one transaction, as the consumer does with a batch. */
  answer(...answers: readonly ReceivedMessage[]): Promise<void>;
  stop(): Promise<void>;
}

export interface OrderServiceOptions {
  readonly sagaStepDeadlineMs?: number;
  /** Where the service finds its database: the server itself, or something that stands before it. */
  readonly serverUrl?: string;
}

export const PRICES = new Map([
  ['SKU-1', 250],
  ['SKU-2', 1_000],
]);

/** The order service on a database of its own, with everything but Kafka; its catalogue holds {@link PRICES}. */
export async function startOrderService({
  sagaStepDeadlineMs = 60_000,
  serverUrl = testDatabaseServer(),
}: OrderServiceOptions = {}): Promise<OrderService> {
  const testDatabase = await createTestDatabase('order');
  const outbox = new CollectingOutbox();

  @Module({})
  class OutboxFake {}

  const module = await Test.createTestingModule({
    imports: [
      DatabaseModule.forRoot({
        serverUrl,
        database: new URL(testDatabase.url).pathname.slice(1),
        entities: [OrderEntity],
        migrations: [
          ...eventStoreMigrations,
          ...httpIdempotencyMigrations,
          ...sagaMigrations,
          CreateOrderTables1795600000100,
        ],
      }),
      { module: OutboxFake, global: true, providers: [{ provide: Outbox, useValue: outbox }], exports: [Outbox] },
      HealthModule,
      HttpIdempotencyModule.forRoot(),
      OrderCoreModule.forRoot({ sagaStepDeadlineMs }),
      OrderHttpModule,
    ],
  }).compile();
  const app = module.createNestApplication<NestExpressApplication>({ bodyParser: false, logger: false });
  configureHttp(app, { translateError: orderProblem, isDatabaseAway: isTransientDatabaseError });
  await app.init();
  const database = app.get(Database);
  await listProducts(app, database);
  const fulfilment = app.get(Fulfilment);
  return {
    app,
    database,
    outbox,
    answer: (...answers) => database.transaction((tx) => fulfilment.answered(tx, answers)),
    async stop() {
      await app.close();
      await testDatabase.drop();
    },
  };
}

async function listProducts(app: NestExpressApplication, database: Database): Promise<void> {
  const catalogue = app.get(Catalogue);
  const products = [...PRICES].map(([sku, amount]) => ({
    sku,
    name: sku,
    price: { amount, currency: 'EUR' },
    revision: 1,
  }));
  await database.transaction((tx) => catalogue.list(tx, products));
  await database.transaction((tx) => catalogue.publish(tx, { products: products.length, revision: 1 }));
}

/** An answer of a participant, as the consumer hands it over. */
export function answerOf<Data>(contract: MessageContract<Data>, orderId: string, data: Data): ReceivedMessage<Data> {
  const id = randomUUID();
  return {
    envelope: {
      id,
      source: `/${contract.topic.split('.')[0] ?? ''}`,
      type: contract.type,
      subject: orderId,
      time: new Date().toISOString(),
      correlationId: orderId,
    },
    data,
    key: orderId,
    attempt: 1,
    record: {
      topic: contract.topic,
      partition: 0,
      position: '0',
      key: Buffer.from(orderId),
      value: Buffer.from(JSON.stringify(data)),
      headers: {},
      timestampMs: Date.now(),
    },
  };
}
