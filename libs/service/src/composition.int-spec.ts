import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClaimCheckModule } from '@waybill/claim-check';
import { Database, DatabaseModule } from '@waybill/database';
import { DeadLetterModule, deadLetterMigrations, deadLetterTopic } from '@waybill/dlq';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { InboxModule, inboxMigrations } from '@waybill/idempotency';
import { MessageConsumer, MessageHandler, MessagingModule, UNIT_OF_WORK } from '@waybill/messaging';
import type { TopicSpec } from '@waybill/messaging';
import { InMemoryBroker, noteContract } from '@waybill/messaging/testing';
import { Outbox, OutboxModule, outboxMigrations } from '@waybill/outbox';

const DAY_MS = 86_400_000;
const notes = noteContract('notes');
const group = 'shop';
const topics: readonly TopicSpec[] = [{ name: 'notes', kind: 'event' }, deadLetterTopic(group)];

@Controller()
class Notes {
  @MessageHandler(notes)
  take(): void {}
}

interface Composition {
  readonly deadLetterGroup?: string;
  readonly outboxTopics?: readonly TopicSpec[];
  readonly deadLettersMs?: number;
}

/** The modules as an application of one's own puts them together, by hand. */
describe('the modules together', () => {
  let testDatabase: TestDatabase;
  beforeAll(async () => {
    testDatabase = await createTestDatabase('composition');
  });
  afterAll(() => testDatabase.drop());

  async function boot({ deadLetterGroup = group, outboxTopics = topics, deadLettersMs }: Composition = {}) {
    const { pathname } = new URL(testDatabase.url);
    @Module({
      imports: [
        DatabaseModule.forRoot({
          serverUrl: testDatabase.url,
          database: pathname.slice(1),
          migrations: [...outboxMigrations, ...inboxMigrations, ...deadLetterMigrations],
        }),
        ClaimCheckModule.forRoot({ url: testDatabase.url }),
        MessagingModule.forRoot({ service: group, group, topics, broker: () => new InMemoryBroker(1), retention: {} }),
        OutboxModule.forRoot({ source: '/shop', topics: outboxTopics }),
        InboxModule.forRoot(),
        DeadLetterModule.forRoot({
          group: deadLetterGroup,
          sink: Outbox,
          ...(deadLettersMs === undefined ? {} : { retentionMs: deadLettersMs }),
        }),
      ],
      controllers: [Notes],
      providers: [{ provide: UNIT_OF_WORK, useExisting: Database }],
    })
    class Shop {}
    const app = await NestFactory.create(Shop, { logger: false });
    app.connectMicroservice({ strategy: app.get(MessageConsumer) }, { inheritAppConfig: false });
    try {
      await app.startAllMicroservices();
      return app.get(MessageConsumer).health().healthy;
    } finally {
      await app.close();
    }
  }

  it('F39, F40: have defaults that fit each other', async () => {
    await expect(boot()).resolves.toBe(true);
  });

  it('are refused where dead letters have another group, nowhere to go, and are kept for longer than the inbox remembers', async () => {
    const wrong = { deadLetterGroup: 'shop-service', outboxTopics: topics.slice(0, 1), deadLettersMs: 20 * DAY_MS };
    await expect(boot(wrong)).rejects.toMatchObject({
      faults: [
        expect.stringContaining(`DeadLetterModule's group "shop-service" isn't MessagingModule's, "shop"`),
        expect.stringContaining("goes to topic shop.dlq, which OutboxModule.forRoot({ topics }) doesn't list"),
        expect.stringContaining('DEAD_LETTER_RETENTION_MS (DeadLetterModule retentionMs) = 1728000000 ms (20 d)'),
        expect.stringContaining('CLAIM_CHECK_RETENTION_MS (ClaimCheckModule retentionMs)'),
      ],
    });
  });
});
