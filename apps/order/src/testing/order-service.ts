import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Database } from '@waybill/database';
import type { ReceivedMessage } from '@waybill/messaging';
import { startTestService } from '@waybill/service/testing';
import type { TestService } from '@waybill/service/testing';

import type { OrderConfig } from '../order.config.js';
import { OrderModule } from '../order.module.js';
import { Catalogue } from '../persistence/catalogue.postgres.js';
import { Fulfilment } from '../sagas/fulfilment.js';

export interface OrderService extends TestService<OrderConfig> {
  /** Hands answers to the saga, all in one transaction, as the consumer does with a batch. */
  answer(...answers: readonly ReceivedMessage[]): Promise<void>;
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
  serverUrl,
}: OrderServiceOptions = {}): Promise<OrderService> {
  const env = serverUrl === undefined ? {} : { DATABASE_URL: serverUrl };
  const service = await startTestService(OrderModule, env, { sagaStepDeadlineMs });
  const { app, database } = service;
  await listProducts(app, database);
  const fulfilment = app.get(Fulfilment);
  return { ...service, answer: (...answers) => database.transaction((tx) => fulfilment.answered(tx, answers)) };
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
