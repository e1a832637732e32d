import { Module } from '@nestjs/common';
import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Database, DatabaseModule } from '@waybill/database';
import { DeadLetterModule, deadLetterMigrations, deadLetterTopic } from '@waybill/dlq';
import { InboxModule, inboxMigrations } from '@waybill/idempotency';
import { MessageConsumer, MessagingModule, UNIT_OF_WORK } from '@waybill/messaging';
import type { MessageContract } from '@waybill/messaging';
import { MetricsModule } from '@waybill/observability';
import { Outbox, OutboxModule, outboxMigrations } from '@waybill/outbox';

import type { Place } from './setting.js';

@Module({})
class BenchModule {}

/** A service as the apps are: PostgreSQL, inbox, dead letters and outbox are the real ones. Not consuming yet. */
export async function benchService(
  { kafkaBrokers, serverUrl }: Place,
  database: string,
  contract: MessageContract,
  controller: Type,
): Promise<INestApplication> {
  const group = database;
  const topics = [{ name: contract.topic, kind: contract.kind }, deadLetterTopic(group)];
  const app = await NestFactory.create(
    {
      module: BenchModule,
      imports: [
        MetricsModule.forRoot(),
        DatabaseModule.forRoot({
          serverUrl,
          database,
          migrations: [...inboxMigrations, ...deadLetterMigrations, ...outboxMigrations],
          poolSize: 12,
        }),
        MessagingModule.forRoot({
          service: 'bench',
          group,
          kafka: { brokers: kafkaBrokers, clientId: 'bench' },
          topics,
        }),
        OutboxModule.forRoot({ source: '/bench', topics }),
        InboxModule.forRoot(),
        DeadLetterModule.forRoot({ group, sink: Outbox }),
      ],
      controllers: [controller],
      providers: [{ provide: UNIT_OF_WORK, useExisting: Database }],
    },
    { logger: ['error'] },
  );
  app.connectMicroservice({ strategy: app.get(MessageConsumer, { strict: false }) }, { inheritAppConfig: false });
  await app.init();
  return app;
}
