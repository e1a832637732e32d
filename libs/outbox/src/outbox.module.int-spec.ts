import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Database, DatabaseModule } from '@waybill/database';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { BROKER } from '@waybill/messaging';

import { outboxMigrations } from './migrations/index.js';
import { Outbox } from './outbox.js';
import { OutboxModule } from './outbox.module.js';
import { OutboxRelay } from './relay/relay.js';
import { until } from './testing/outbox-harness.js';
import { ScriptedBroker } from './testing/scripted-broker.js';
import { testMessage } from './testing/test-message.js';

jest.setTimeout(60_000);

describe('OutboxModule', () => {
  let testDatabase: TestDatabase;
  let broker: ScriptedBroker;

  beforeEach(async () => {
    testDatabase = await createTestDatabase('outbox');
    broker = new ScriptedBroker();
  });

  afterEach(() => testDatabase.drop());

  /** Sends its last message while the application shuts down, as a draining consumer does. */
  @Injectable()
  class LastWords {
    constructor(
      private readonly database: Database,
      private readonly outbox: Outbox,
    ) {}

    async beforeApplicationShutdown(): Promise<void> {
      await this.database.transaction(async (tx) => this.outbox.add(tx, testMessage('t', 'last')));
    }
  }

  const start = (relay?: false) => {
    const { pathname } = new URL(testDatabase.url);
    const serverUrl = testDatabase.url.replace(pathname, '/postgres');
    @Module({ providers: [{ provide: BROKER, useFactory: () => broker }], exports: [BROKER] })
    class BrokerModule {}
    const database = DatabaseModule.forRoot({ serverUrl, database: pathname.slice(1), migrations: outboxMigrations });
    const messaging = { module: BrokerModule, global: true };
    const outbox = OutboxModule.forRoot({ source: '/test', topics: ['t'], ...(relay === false ? { relay } : {}) });
    @Module({ providers: relay === false ? [] : [LastWords] })
    class Consumers {}
    // Imported before the outbox and global like it: Nest calls its hook after the outbox's hook of the same phase.
    @Module({ imports: [database, messaging, { module: Consumers, global: true }, outbox] })
    class App {}
    return NestFactory.createApplicationContext(App, { logger: false });
  };

  it('publishes in an application without HTTP, also what its consumers send while it shuts down', async () => {
    const app = await start();
    await app.get(Database).transaction(async (tx) => app.get(Outbox).add(tx, testMessage('t', 'first')));
    await until('the first is published', () => broker.log.length === 1);
    await app.close();
    expect(broker.log.map(({ key }) => key?.toString())).toEqual(['first', 'last']);
  });

  it('leaves relaying to a process of its own, which hears of it at once', async () => {
    const relaying = await start();
    await until('it holds the shards', async () => (await relaying.get(OutboxRelay).state()).shards === 8);
    const app = await start(false);
    expect(() => app.get(OutboxRelay)).toThrow();
    await app.get(Database).transaction(async (tx) => app.get(Outbox).add(tx, testMessage('t', 'k')));
    await until('the other process has published it', () => broker.log.length === 1);
    await app.close();
    await relaying.close();
  });

  it('refuses options that would make a timer run wild, naming all of them', () => {
    const relay = { pollIntervalMs: Number.NaN, leaseMs: -1 };
    const options = (): unknown => OutboxModule.forRoot({ source: '/test', maxMessageBytes: 0.5, relay });
    expect(options).toThrow(/maxMessageBytes[\s\S]*relay\.pollIntervalMs[\s\S]*relay\.leaseMs/);
  });
});
