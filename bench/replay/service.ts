import { Controller, Module } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Database, DatabaseModule } from '@waybill/database';
import type { Statement, Transaction } from '@waybill/database';
import { DeadLetterAdminModule, DeadLetterModule, deadLetterMigrations, deadLetterTopic } from '@waybill/dlq';
import { HealthModule, startHttpService } from '@waybill/http';
import type { HttpService } from '@waybill/http';
import { InboxModule, inboxMigrations } from '@waybill/idempotency';
import { MessageConsumer, MessageHandler, MessagingModule, UNIT_OF_WORK } from '@waybill/messaging';
import type { MessageContext } from '@waybill/messaging';
import { createLogger } from '@waybill/observability';
import { Outbox, OutboxModule, outboxMigrations } from '@waybill/outbox';

import type { Place } from '../consume/setting.js';
import { contract } from './contract.js';

const insertEffect: Statement = { name: 'bench_effect', text: 'INSERT INTO effect DEFAULT VALUES' };

@Controller()
class BenchController {
  @MessageHandler(contract)
  async take(@Payload() _: unknown, @Ctx() { tx }: MessageContext<Transaction>): Promise<void> {
    await tx.query(insertEffect);
  }
}

@Module({})
class BenchModule {}

/** A service as the apps are, with its admin API on a port of its own; its handler writes one row. */
export function replayService({ kafkaBrokers, serverUrl }: Place, database: string): Promise<HttpService> {
  const group = database;
  const topics = [{ name: contract.topic, kind: contract.kind }, deadLetterTopic(group)];
  const module = {
    module: BenchModule,
    imports: [
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
      DeadLetterAdminModule,
      HealthModule,
    ],
    controllers: [BenchController],
    providers: [{ provide: UNIT_OF_WORK, useExisting: Database }],
  };
  return startHttpService(module, {
    port: 0,
    host: '127.0.0.1',
    logger: createLogger({ service: 'bench', level: 'error' }),
    openApi: { title: 'bench', version: '0', description: 'bench' },
    http: () => ({ admin: { token: '' } }),
    prepare: async (app) => {
      app.connectMicroservice({ strategy: app.get(MessageConsumer, { strict: false }) }, { inheritAppConfig: false });
      await app.init();
      await app.startAllMicroservices();
    },
  });
}
