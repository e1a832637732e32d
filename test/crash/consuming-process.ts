import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, Payload } from '@nestjs/microservices';
import { Database, DatabaseModule } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import { DeadLetterModule, deadLetterMigrations, deadLetterTopic } from '@waybill/dlq';
import { InboxModule, inboxMigrations } from '@waybill/idempotency';
import { MessageConsumer, MessageHandler, MessagingModule, OutsideCallHandler, UNIT_OF_WORK } from '@waybill/messaging';
import type { CalledMessage, MessageContext, OutsideCalls, ReceivedMessage } from '@waybill/messaging';
import { noteContract } from '@waybill/messaging/testing';
import type { Note } from '@waybill/messaging/testing';
import { Outbox, OutboxModule, outboxMigrations } from '@waybill/outbox';
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { openBroker } from './open-broker.js';
import type { ConsumerSettings } from './supervised-consumer.js';

const settings = JSON.parse(process.env['CONSUMER'] ?? '{}') as ConsumerSettings; // written by supervised-consumer.ts
const GROUP = 'notes';
const TOPICS = [{ name: 'notes', kind: 'event' as const }, deadLetterTopic(GROUP)];
const ALIVE_INTERVAL_MS = 100;

const insertEffect = { name: 'insert_effect', text: 'INSERT INTO effect (text, attempt) VALUES ($1, $2)' };
const insertIntent = {
  name: 'insert_intent',
  text: `
    INSERT INTO effect (text, attempt) SELECT 'second means to call', 0
    WHERE NOT EXISTS (SELECT FROM effect WHERE text = 'second means to call') RETURNING seq`,
};

class CreateEffect1795600900000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE effect (seq bigserial, text text NOT NULL, attempt integer NOT NULL)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE effect');
  }
}

/** As an endless loop does, until the one that supervises the process loses patience; the other specs keep the processor. */
function blockForever(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** Does what a message says: most leave their mark, some end the process. */
@Controller()
class Notes {
  @MessageHandler(noteContract('notes'), {
    retry: { immediateAttempts: 1, delayedAttempts: 9, baseDelayMs: 100, maxDelayMs: 100 },
  })
  async take(@Payload() { text }: Note, @Ctx() { tx, message }: MessageContext<Transaction>): Promise<void> {
    if (text.startsWith('exit')) process.exit(1);
    if (text.startsWith('loop')) blockForever();
    if (text.startsWith('later')) {
      if (message.attempt === 1) throw new Error('the first attempt fails, the delayed ones kill');
      process.kill(process.pid, 'SIGKILL');
    }
    await tx.query(insertEffect, [text, message.attempt]);
  }
}

/** Two handlers of one event. */
@Controller()
class SharedNotes {
  @MessageHandler(noteContract('notes', 'note.shared'))
  async take(@Payload() { text }: Note, @Ctx() { tx, message }: MessageContext<Transaction>): Promise<void> {
    await tx.query(insertEffect, [`first ${text}`, message.attempt]);
  }

  /** Once the intent to call is durable, `dies` ends the process, the first time; `fails` fails until it is replayed. */
  @OutsideCallHandler(noteContract('notes', 'note.shared'), {
    subscriber: 'second',
    retry: { immediateAttempts: 1, delayedAttempts: 0 },
  })
  async call(
    @Payload() messages: readonly ReceivedMessage<Note>[],
    @Ctx() { tx }: MessageContext<Transaction>,
  ): Promise<OutsideCalls<string, Transaction, Note>> {
    const isDying = messages.some(({ data }) => data.text === 'dies') && (await this.#isFirstLife(tx));
    return {
      calls: messages.map(({ data, attempt }) => async () => {
        if (isDying && data.text === 'dies') process.kill(process.pid, 'SIGKILL');
        if (data.text === 'fails' && attempt === 1) throw new Error('until it is replayed');
        return 'called';
      }),
      conclude: concludeSecond,
    };
  }

  async #isFirstLife(tx: Transaction): Promise<boolean> {
    const intents = await tx.query(insertIntent);
    return intents.length > 0;
  }
}

async function concludeSecond(called: readonly CalledMessage<string, Note>[], tx: Transaction): Promise<void> {
  for (const { message } of called) await tx.query(insertEffect, [`second ${message.data.text}`, message.attempt]);
}

@Module({
  imports: [
    DatabaseModule.forRoot({
      serverUrl: settings.databaseUrl,
      database: settings.database,
      entities: [],
      migrations: [...outboxMigrations, ...inboxMigrations, ...deadLetterMigrations, CreateEffect1795600900000],
    }),
    MessagingModule.forRoot({
      service: 'notes',
      group: GROUP,
      broker: openBroker(settings),
      topics: TOPICS,
      topicPartitions: 3,
      crashAttempts: settings.crashAttempts,
    }),
    OutboxModule.forRoot({ source: '/notes', topics: TOPICS }),
    InboxModule.forRoot(),
    DeadLetterModule.forRoot({ group: GROUP, sink: Outbox, pollIntervalMs: 200 }),
  ],
  controllers: [Notes, SharedNotes],
  providers: [{ provide: UNIT_OF_WORK, useExisting: Database }],
})
class NotesModule {}

async function main(): Promise<void> {
  process.once('disconnect', () => process.exit(0)); // the one that supervises it is gone
  const app = await NestFactory.create(NotesModule, { logger: ['error', 'fatal'], abortOnError: false });
  app.enableShutdownHooks();
  app.connectMicroservice({ strategy: app.get(MessageConsumer) }, { inheritAppConfig: false });
  await app.init();
  // Only now: on a busy machine it says nothing for seconds while it is loaded, and would count as one that hangs.
  process.send?.('alive');
  setInterval(() => process.send?.('alive'), ALIVE_INTERVAL_MS).unref();
  await app.startAllMicroservices();
}

void main();
