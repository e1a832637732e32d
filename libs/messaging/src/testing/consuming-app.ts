import { Module } from '@nestjs/common';
import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

import type { Broker } from '../broker.js';
import type { LaneLedger } from '../lanes/lane-ledger.js';
import { MessageConsumer } from '../nest/message-consumer.js';
import type { MessagingModuleOptions } from '../nest/messaging-options.js';
import { MessagingModule } from '../nest/messaging.module.js';
import { FAILURE_STORE, INBOX, LANE_LEDGER, UNIT_OF_WORK } from '../tokens.js';
import { InMemoryFailureStore } from './in-memory-failure-store.js';
import { InMemoryInbox } from './in-memory-inbox.js';
import { InMemoryUnitOfWork } from './in-memory-unit-of-work.js';

export interface ConsumingApp {
  readonly app: INestApplication;
  readonly consumer: MessageConsumer;
  readonly unitOfWork: InMemoryUnitOfWork;
  readonly inbox: InMemoryInbox;
  readonly failures: InMemoryFailureStore;
}

@Module({})
class ConsumingModule {}

/** A Nest application with the real consumer strategy, the given broker and ports in memory. Not started yet. */
export async function consumingApp(
  broker: Broker,
  options: Partial<MessagingModuleOptions> & Pick<MessagingModuleOptions, 'topics'>,
  controllers: readonly Type[],
  imports: readonly (Type | DynamicModule)[] = [],
  shared: Partial<Pick<ConsumingApp, 'unitOfWork' | 'inbox' | 'failures'>> & {
    readonly ledger?: LaneLedger<never>;
  } = {},
): Promise<ConsumingApp> {
  const unitOfWork = shared.unitOfWork ?? new InMemoryUnitOfWork();
  const inbox = shared.inbox ?? new InMemoryInbox();
  const failures = shared.failures ?? new InMemoryFailureStore();
  const settings = { service: 'test', group: 'test', broker: () => broker, ...options };
  const module: DynamicModule = {
    module: ConsumingModule,
    imports: [MessagingModule.forRoot(settings), ...imports],
    controllers: [...controllers],
    providers: [
      { provide: UNIT_OF_WORK, useValue: unitOfWork },
      { provide: INBOX, useValue: inbox },
      { provide: FAILURE_STORE, useValue: failures },
      ...(shared.ledger ? [{ provide: LANE_LEDGER, useValue: shared.ledger }] : []),
    ],
  };
  const app = await NestFactory.create(module, { logger: false });
  const consumer = app.get(MessageConsumer);
  app.connectMicroservice({ strategy: consumer }, { inheritAppConfig: false });
  await app.init();
  return { app, consumer, unitOfWork, inbox, failures };
}
