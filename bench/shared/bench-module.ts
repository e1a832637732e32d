import { Module } from '@nestjs/common';
import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import { Database, DatabaseModule } from '@waybill/database';
import { DeadLetterModule, deadLetterMigrations, deadLetterTopic } from '@waybill/dlq';
import { HttpIdempotencyModule, httpIdempotencyMigrations, InboxModule, inboxMigrations } from '@waybill/idempotency';
import { kafkaBroker } from '@waybill/kafka';
import { MessageConsumer, MessagingModule, UNIT_OF_WORK } from '@waybill/messaging';
import type { MessageContract } from '@waybill/messaging';
import { Outbox, OutboxModule, outboxMigrations } from '@waybill/outbox';

import type { Place } from './infrastructure.js';

@Module({})
class BenchModule {}

/** A service as the apps are: PostgreSQL, inbox, dead letters and outbox are the real ones. Its group is named as its database. */
export function benchModule(
  { kafkaBrokers, serverUrl }: Place,
  database: string,
  contract: MessageContract,
  controller: Type,
  more: readonly (Type | DynamicModule)[],
): DynamicModule {
  const group = database;
  const topics = [{ name: contract.topic, kind: contract.kind }, deadLetterTopic(group)];
  return {
    module: BenchModule,
    imports: [
      DatabaseModule.forRoot({
        serverUrl,
        database,
        migrations: [...inboxMigrations, ...httpIdempotencyMigrations, ...deadLetterMigrations, ...outboxMigrations],
        poolSize: 12,
      }),
      MessagingModule.forRoot({
        service: 'bench',
        group,
        broker: kafkaBroker({ brokers: kafkaBrokers, clientId: 'bench' }),
        topics,
      }),
      OutboxModule.forRoot({ source: '/bench', topics }),
      InboxModule.forRoot(),
      HttpIdempotencyModule.forRoot(),
      DeadLetterModule.forRoot({ group, sink: Outbox }),
      ...more,
    ],
    controllers: [controller],
    providers: [{ provide: UNIT_OF_WORK, useExisting: Database }],
  };
}

/** Ready to consume, not consuming yet. */
export async function prepareConsumer(app: INestApplication): Promise<void> {
  app.connectMicroservice({ strategy: app.get(MessageConsumer, { strict: false }) }, { inheritAppConfig: false });
  await app.init();
}
