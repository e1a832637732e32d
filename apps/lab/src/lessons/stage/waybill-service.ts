import { Module } from '@nestjs/common';
import type { DynamicModule, INestApplication, Provider, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Database, DatabaseModule } from '@waybill/database';
import { DeadLetterModule, deadLetterTopic } from '@waybill/dlq';
import { HttpAdapter } from '@waybill/http';
import { InboxModule } from '@waybill/idempotency';
import { MessageConsumer, MessagingModule, UNIT_OF_WORK } from '@waybill/messaging';
import type { TopicSpec } from '@waybill/messaging';
import { Outbox, OutboxModule } from '@waybill/outbox';

import { SOURCE } from './lesson-messages.js';
import { lessonMigrations } from './lesson-migrations.js';
import { lessonDatabase, Stage } from './stage.js';
import { LESSON_TOPICS } from './topics.js';
import type { Wire } from './wire.js';

export interface ServiceParts {
  readonly wire: Wire;
  readonly topics: readonly TopicSpec[];
  readonly controllers: readonly Type[];
  readonly providers?: readonly Provider[];
  /** Such as the sagas' module. */
  readonly imports?: readonly DynamicModule[];
}

/** How long what one run leaves in the tables of the libraries is kept: they sweep it themselves, while a lesson runs. */
const KEPT_MS = LESSON_TOPICS.retentionMs;
const SWEEP_MS = 1_000;

/** One process of a service that is made of Waybill's libraries; as every service, but for what only its neighbours would ask. */
@Module({})
class LessonService {
  static of(stage: Stage, { wire, topics, controllers, providers = [], imports = [] }: ServiceParts): DynamicModule {
    const group = stage.topic();
    const specs = [...topics, deadLetterTopic(group)];
    return {
      module: LessonService,
      global: true, // what a lesson provides is there for the modules that it imports
      imports: [
        DatabaseModule.forRoot({
          serverUrl: stage.ground.databaseUrl,
          database: lessonDatabase(stage.ground, stage.lesson),
          migrations: lessonMigrations,
          poolSize: 4,
          applicationName: group,
        }),
        MessagingModule.forRoot({
          service: group,
          group,
          broker: wire.open,
          topics: specs,
          topicPartitions: LESSON_TOPICS.partitions,
          topicRetentionMs: LESSON_TOPICS.retentionMs,
          retry: { immediateAttempts: 1, delayedAttempts: 0 }, // a lesson takes a minute; retries would only be waited for
        }),
        OutboxModule.forRoot({
          source: SOURCE,
          topics: specs,
          relay: { retentionMs: KEPT_MS, sweepIntervalMs: SWEEP_MS, drainMs: 500 },
        }),
        InboxModule.forRoot({ windowMs: KEPT_MS, sweepIntervalMs: SWEEP_MS }),
        DeadLetterModule.forRoot({ group, sink: Outbox, retentionMs: KEPT_MS, sweepIntervalMs: SWEEP_MS }),
        ...imports,
      ],
      controllers: [...controllers],
      providers: [{ provide: UNIT_OF_WORK, useExisting: Database }, { provide: Stage, useValue: stage }, ...providers],
      exports: [Stage, ...providers],
    };
  }
}

/** Starts it; it consumes once this is done. `close` ends it as a process ends: what it holds in memory is gone. */
export async function startWaybillService(stage: Stage, parts: ServiceParts): Promise<INestApplication> {
  const app = await NestFactory.create(LessonService.of(stage, parts), new HttpAdapter(), {
    bodyParser: false,
    abortOnError: false,
  });
  try {
    app.connectMicroservice({ strategy: app.get(MessageConsumer, { strict: false }) }, { inheritAppConfig: false });
    await app.init();
    await app.startAllMicroservices();
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}
