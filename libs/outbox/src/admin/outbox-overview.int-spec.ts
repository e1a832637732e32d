import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';

import { OutboxBacklog } from '../outbox-backlog.js';
import { resolveOptions } from '../outbox-options.js';
import { RefusedRows } from '../refused-rows.js';
import { OutboxHarness, until } from '../testing/outbox-harness.js';
import { ScriptedBroker } from '../testing/scripted-broker.js';
import { testMessage } from '../testing/test-message.js';
import { OutboxOverview } from './outbox-overview.js';

describe('the overview of the outbox', () => {
  let database: TestDatabase;
  let harness: OutboxHarness;

  beforeAll(async () => {
    database = await createTestDatabase('outbox_overview');
    harness = await OutboxHarness.open(database.url);
  });
  afterAll(async () => {
    await harness.close();
    await database.drop();
  });

  const backlogOf = (...topics: readonly string[]) =>
    new OutboxBacklog(harness.database, resolveOptions({ source: '/test', topics }));

  const refusedRows = () =>
    new RefusedRows(harness.database, { shardFor: (_topic, hashed) => hashed, accept: () => {}, lookAgain: () => {} });

  it('says what waits, since when, who holds the shards, and which topic the broker refuses', async () => {
    const broker = new ScriptedBroker();
    broker.refuse = ({ topic }) => (topic === 'dead' ? 'refused' : undefined);
    const { outbox, relay } = harness.withRelay(broker, { topics: ['alive', 'dead'] });
    const overview = new OutboxOverview(harness.database, backlogOf('alive', 'dead'), refusedRows(), relay);
    relay.start();
    await harness.add(outbox, testMessage('dead', 'a'), testMessage('dead', 'b'), testMessage('alive', 'a'));
    await until('the living topic is empty and the dead one stands alone', async () => {
      const { unpublished, topics } = await overview.read();
      return unpublished === 2 && topics.some(({ backoff }) => backoff !== undefined);
    });
    await harness.sql(`UPDATE outbox SET created_at = now() - interval '90 seconds' WHERE published_at IS NULL`);
    const { unpublished, oldestAgeSeconds, topics } = await overview.read();
    expect([unpublished, oldestAgeSeconds >= 90, oldestAgeSeconds < 100]).toEqual([2, true, true]);
    expect(topics).toMatchObject([
      { topic: 'dead', unpublished: 2, backoff: { error: 'refused' } },
      { topic: 'alive', unpublished: 0, oldestAgeSeconds: 0 },
    ]);
    expect(topics[1]).not.toHaveProperty('backoff');
    await until('all shards are held', async () =>
      (await overview.read()).topics.every(({ leases }) => leases.every(({ owner }) => owner === relay.owner)),
    );
  });

  it('shows shards that nobody has ever held', async () => {
    await harness.sql(`INSERT INTO outbox_lease (topic, shard) VALUES ('new', 0)`);
    const { topics } = await new OutboxOverview(harness.database, backlogOf('new'), refusedRows()).read();
    const lease = { shard: 0, owner: null, epoch: 0, expiresAt: '1970-01-01T00:00:00.000Z' };
    expect(topics.find(({ topic }) => topic === 'new')?.leases).toEqual([lease]);
  });
});
