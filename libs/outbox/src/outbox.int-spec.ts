import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';

import { OutboxHarness, ScriptedBroker, testMessage, until } from './testing/index.js';

describe('Outbox', () => {
  let testDatabase: TestDatabase;
  let harness: OutboxHarness;
  let broker: ScriptedBroker;

  beforeEach(async () => {
    testDatabase = await createTestDatabase('outbox');
    harness = await OutboxHarness.open(testDatabase.url);
    broker = new ScriptedBroker();
  });

  afterEach(async () => {
    await harness.close();
    await testDatabase.drop();
  });

  it('publishes what has committed, from memory, once', async () => {
    const { outbox, relay } = harness.withRelay(broker, { topics: ['t'] });
    relay.start();
    await until('lanes are held', async () => (await relay.state()).lanes === 8);
    const messages = Array.from({ length: 100 }, (_, n) => testMessage('t', `key-${n % 10}`, { n }));
    for (const message of messages) await harness.add(outbox, message);
    await until('all are published', () => broker.log.length >= 100);
    await until('all are marked', async () => (await harness.unpublished()) === 0);
    expect(broker.log).toHaveLength(100);
    expect(broker.log[0]?.headers).toMatchObject({ ce_source: '/test', ce_type: 'test.happened.v1' });
  });

  it('publishes 10,000 messages of one transaction, and what was there before it started (F51)', async () => {
    const { outbox, relay } = harness.withRelay(broker, { topics: ['t'] });
    await harness.add(outbox, ...Array.from({ length: 10_000 }, (_, n) => testMessage('t', `key-${n}`, { n })));
    relay.start();
    await until('all are published', () => broker.log.length >= 10_000);
    await until('all are marked', async () => (await harness.unpublished()) === 0);
    expect(broker.firstAppearances()).toHaveLength(10_000);
  });
});
