import type { INestApplication } from '@nestjs/common';
import { Controller, Module } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { Database, DatabaseModule } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { deadLetterMigrations, DeadLetterModule, deadLetterTopic } from '@waybill/dlq';
import { testDatabaseServer } from '@waybill/embedded/testing';
import { InboxModule, inboxMigrations } from '@waybill/idempotency';
import { MessageConsumer, MessageHandler, MessagingModule, UNIT_OF_WORK } from '@waybill/messaging';
import type { Broker, MessageContext } from '@waybill/messaging';
import { noteContract } from '@waybill/messaging/testing';
import type { Note } from '@waybill/messaging/testing';
import { Outbox, outboxMigrations, OutboxModule } from '@waybill/outbox';

import { attempt, isPermanent } from './scripts.js';

export const GROUP = 'notes';
export const contract = noteContract('notes.events');
export const topics = [{ name: contract.topic, kind: contract.kind }, deadLetterTopic(GROUP)];

/** Its handler does with each note what the note's script says, and leaves one row of `effect`. */
@Controller()
class Notes {
  @MessageHandler(contract, { nonRetryable: isPermanent })
  async take(@Payload() { text }: Note, @Ctx() { tx }: MessageContext<Transaction>): Promise<void> {
    await attempt(text, tx);
  }
}

/** One replica of a service: real engine, inbox, dead letters and outbox on this database; the broker is the given one. */
export async function startReplica(database: string, broker: Broker): Promise<INestApplication> {
  @Module({
    imports: [
      DatabaseModule.forRoot({
        serverUrl: testDatabaseServer(),
        database,
        migrations: [...outboxMigrations, ...inboxMigrations, ...deadLetterMigrations],
      }),
      MessagingModule.forRoot({
        service: 'notes',
        group: GROUP,
        broker: () => broker,
        topics,
        maxBatch: 8,
        retry: { immediateAttempts: 2, delayedAttempts: 2, baseDelayMs: 10, maxDelayMs: 20 },
      }),
      OutboxModule.forRoot({ source: '/notes', topics, relay: { pollIntervalMs: 100 } }),
      InboxModule.forRoot(),
      DeadLetterModule.forRoot({ group: GROUP, sink: Outbox, pollIntervalMs: 25 }),
    ],
    controllers: [Notes],
    providers: [{ provide: UNIT_OF_WORK, useExisting: Database }],
  })
  class NoteModule {}

  const module = await Test.createTestingModule({ imports: [NoteModule] }).compile();
  const app = module.createNestApplication({ logger: false });
  app.connectMicroservice({ strategy: app.get(MessageConsumer) }, { inheritAppConfig: false });
  await app.init();
  await app.startAllMicroservices();
  return app;
}
