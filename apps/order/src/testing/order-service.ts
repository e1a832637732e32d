import { Module } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Database } from '@waybill/database';
import type { ReceivedMessage } from '@waybill/messaging';
import { SagaEngine, SagaStore } from '@waybill/saga';
import type { SagaInstance, SagaProgress } from '@waybill/saga';
import { startTestService } from '@waybill/service/testing';
import type { TestService } from '@waybill/service/testing';

import type { OrderConfig } from '../order.config.js';
import { OrderModule } from '../order.module.js';
import { Catalogue } from '../persistence/catalogue.postgres.js';
import { FULFIL_ORDER, fulfilOrder } from '../sagas/fulfil-order.saga.js';
import { Fulfilment } from '../sagas/fulfilment.js';

export interface OrderService extends TestService<OrderConfig> {
  /**
   * Hands answers to the saga, all in one transaction, as the consumer does with a batch. One that names no command is for
   * the last command of its kind.
   */
  answer(...answers: readonly ReceivedMessage[]): Promise<void>;
}

export interface OrderServiceOptions {
  readonly sagaStepDeadlineMs?: number;
  /** Where the service finds its database: the server itself, or something that stands before it. */
  readonly serverUrl?: string;
  /** Beside the service's own. */
  readonly controllers?: readonly Type[];
}

const PRICES = new Map([
  ['SKU-1', 250],
  ['SKU-2', 1_000],
]);

/** The order service on a database of its own, with everything but a broker; its catalogue holds {@link PRICES}. */
export async function startOrderService({
  sagaStepDeadlineMs = 60_000,
  serverUrl,
  controllers = [],
}: OrderServiceOptions = {}): Promise<OrderService> {
  const env = serverUrl === undefined ? {} : { DATABASE_URL: serverUrl };
  const service = await startTestService(withControllers(controllers), env, { sagaStepDeadlineMs });
  const { app, database } = service;
  await listProducts(app, database);
  return { ...service, answer: (...answers) => takeAnswers(app, database, answers) };
}

@Module({})
class ExtendedOrderModule {}

function withControllers(controllers: readonly Type[]): Parameters<typeof startTestService<OrderConfig>>[0] {
  return {
    service: OrderModule.service,
    readConfig: (env) => OrderModule.readConfig(env),
    forRoot: (config) => ({
      module: ExtendedOrderModule,
      imports: [OrderModule.forRoot(config)],
      controllers: [...controllers],
    }),
  };
}

async function takeAnswers(app: NestExpressApplication, database: Database, answers: readonly ReceivedMessage[]) {
  const [engine, store, fulfilment] = [app.get(SagaEngine), app.get(SagaStore), app.get(Fulfilment)];
  const seen = new Map<string, SagaInstance>();
  await database.transaction(async (tx) => {
    const progress: SagaProgress[] = [];
    for (const message of answers) {
      const id = message.key ?? '';
      const saga = seen.get(id) ?? (await store.find(FULFIL_ORDER, id));
      const [moved] = await engine.handle(tx, [saga ? answering(message, saga) : message]);
      if (!moved) continue;
      seen.set(id, moved.instance);
      progress.push(moved);
    }
    await fulfilment.sagasProgressed(tx, progress);
  });
}

const { replies } = fulfilOrder({ stepDeadlineMs: 60_000 });

function answering(message: ReceivedMessage, { steps }: SagaInstance): ReceivedMessage {
  const { envelope } = message;
  const expected = replies.get(envelope.type.replace(/\.v\d+$/, ''));
  const asked = steps.find(({ name }) => name === expected?.step.name)?.asked ?? [];
  const command = asked.findLast(({ phase }) => phase === expected?.phase)?.commands.at(-1);
  const causationId = envelope.causationId ?? command;
  return { ...message, envelope: { ...envelope, ...(causationId === undefined ? {} : { causationId }) } };
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
