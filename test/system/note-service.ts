import { fileURLToPath } from 'node:url';

import { Controller, Module } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { ClaimCheckModule, FilePayloadStore, PostgresPayloadStore } from '@waybill/claim-check';
import { Database, DatabaseModule } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { deadLetterMigrations, DeadLetterModule, deadLetterTopic, DueMessages } from '@waybill/dlq';
import { testDatabaseServer, uniqueTopic } from '@waybill/embedded/testing';
import { InboxModule, inboxMigrations } from '@waybill/idempotency';
import { CLAIM_CHECK, MessageConsumer, MessageHandler, MessagingModule, UNIT_OF_WORK } from '@waybill/messaging';
import type { ClaimCheck, MessageContext } from '@waybill/messaging';
import { noteContract } from '@waybill/messaging/testing';
import type { Note } from '@waybill/messaging/testing';
import { Outbox, outboxMigrations, OutboxModule } from '@waybill/outbox';

import { brokerSpace } from './tested-broker.js';
import { UnluckyPayloadStore } from './unlucky-payload-store.js';

export interface Letter {
  readonly seq: string;
  readonly message_id: string;
  readonly reason: string;
  readonly value: Buffer | null;
}

export interface NoteService {
  readonly topic: string;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly store: UnluckyPayloadStore;
  /** What committed transactions have handled, in order. */
  readonly taken: Note[];
  letters(): Promise<readonly Letter[]>;
  replay(letter: Letter): Promise<void>;
  stop(): Promise<void>;
}

const DAY_MS = 86_400_000;

/** A service that sends notes to itself, through every part that a message of the real services goes through. */
export async function startNoteService(databaseUrl: string, payloadsUrl: string): Promise<NoteService> {
  const broker = brokerSpace();
  const topic = uniqueTopic('notes');
  const topics = [{ name: topic, kind: 'event' as const }, deadLetterTopic(topic)];
  const taken: Note[] = [];

  @Controller()
  class Notes {
    @MessageHandler(noteContract(topic))
    take(@Payload() note: Note, @Ctx() { tx }: MessageContext<Transaction>): void {
      tx.afterCommit(() => taken.push(note));
    }
  }

  @Module({
    imports: [
      DatabaseModule.forRoot({
        serverUrl: testDatabaseServer(),
        database: new URL(databaseUrl).pathname.slice(1),
        migrations: [...outboxMigrations, ...inboxMigrations, ...deadLetterMigrations],
      }),
      ClaimCheckModule.forRoot({ url: payloadsUrl }),
      MessagingModule.forRoot({
        service: 'notes',
        group: topic,
        broker: (defaults) => broker.open(defaults),
        topics,
        topicPartitions: 3,
        topicRetentionMs: 7 * DAY_MS,
        retention: {},
        retry: { immediateAttempts: 1, delayedAttempts: 0 },
      }),
      OutboxModule.forRoot({ source: '/notes', topics, relay: { pollIntervalMs: 100 } }),
      InboxModule.forRoot(),
      DeadLetterModule.forRoot({ group: topic, sink: Outbox, pollIntervalMs: 100 }),
    ],
    controllers: [Notes],
    providers: [{ provide: UNIT_OF_WORK, useExisting: Database }],
  })
  class NoteModule {}

  const store = new UnluckyPayloadStore(
    payloadsUrl.startsWith('file:')
      ? await FilePayloadStore.open(fileURLToPath(payloadsUrl))
      : await PostgresPayloadStore.open({ url: payloadsUrl }),
  );
  const claimCheck: ClaimCheck = {
    store,
    thresholdBytes: 200_000, // SNS takes 256 KB
    maxPayloadBytes: 32_000_000,
    retentionMs: 30 * DAY_MS,
  };
  const module = await Test.createTestingModule({ imports: [NoteModule] })
    .overrideProvider(CLAIM_CHECK)
    .useValue(claimCheck)
    .compile();
  const app = module.createNestApplication({ logger: false });
  app.connectMicroservice({ strategy: app.get(MessageConsumer) }, { inheritAppConfig: false });
  await app.init();
  await app.startAllMicroservices();
  const database = app.get(Database);
  return {
    topic,
    database,
    outbox: app.get(Outbox),
    store,
    taken,
    letters: () =>
      database.query<Letter>({ name: 'test_letters', text: "SELECT * FROM held_message WHERE state = 'dead'" }),
    async replay({ seq }) {
      const text = "UPDATE held_message SET state = 'retrying', next_attempt_at = now() WHERE seq = $1";
      await database.query({ name: 'test_replay', text }, [seq]);
      app.get(DueMessages).wake();
    },
    async stop() {
      await app.close();
      await broker.remove();
    },
  };
}
