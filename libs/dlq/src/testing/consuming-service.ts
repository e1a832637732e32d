import { Module } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Database, DatabaseModule } from '@waybill/database';
import { testDatabaseServer } from '@waybill/embedded/testing';
import { INBOX, MessageConsumer, MessagingModule, UNIT_OF_WORK } from '@waybill/messaging';
import type { TopicSpec } from '@waybill/messaging';
import { InMemoryBroker } from '@waybill/messaging/testing';

import { DeadLetterModule } from '../dead-letter.module.js';
import { deadLetterMigrations } from '../migrations.js';
import { FakeInbox, FakeSink } from './fakes.js';

@Module({})
class Surroundings {
  static of(inbox: FakeInbox): DynamicModule {
    return {
      module: Surroundings,
      global: true,
      providers: [FakeSink, { provide: INBOX, useValue: inbox }, { provide: UNIT_OF_WORK, useExisting: Database }],
      exports: [FakeSink, INBOX, UNIT_OF_WORK],
    };
  }
}

/**
 * One release of a service: the real consumer with its real dead letters, on the database of this name (which the next
 * release continues with) and a broker in memory.
 */
export async function startRelease(
  database: string,
  topic: TopicSpec,
  controllers: readonly Type[],
  more: Partial<Parameters<typeof MessagingModule.forRoot>[0]> = {},
) {
  const broker = new InMemoryBroker(1);
  const module = await Test.createTestingModule({
    imports: [
      DatabaseModule.forRoot({ serverUrl: testDatabaseServer(), database, migrations: deadLetterMigrations }),
      MessagingModule.forRoot({
        service: 'notes',
        group: 'notes',
        broker: () => broker,
        topics: [topic],
        retry: { immediateAttempts: 1, delayedAttempts: 0 },
        ...more,
      }),
      Surroundings.of(new FakeInbox()),
      DeadLetterModule.forRoot({ group: 'notes', sink: FakeSink, pollIntervalMs: 25 }),
    ],
    controllers: [...controllers],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  app.connectMicroservice({ strategy: app.get(MessageConsumer, { strict: false }) }, { inheritAppConfig: false });
  await app.init();
  await app.startAllMicroservices();
  const { dataSource } = app.get(Database, { strict: false });
  const query = async <Row>(text: string): Promise<Row[]> => dataSource.query(text);
  return { app, query, publisher: await broker.createPublisher() };
}
