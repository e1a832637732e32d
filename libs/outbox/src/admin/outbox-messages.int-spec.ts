import { randomUUID } from 'node:crypto';

import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';

import { resolveOptions } from '../outbox-options.js';
import { OutboxHarness, until } from '../testing/outbox-harness.js';
import { ScriptedBroker } from '../testing/scripted-broker.js';
import { testMessage } from '../testing/test-message.js';
import { OutboxMessages } from './outbox-messages.js';

describe('messages of the outbox, for operators', () => {
  let database: TestDatabase;
  let harness: OutboxHarness;
  const broker = new ScriptedBroker();

  beforeAll(async () => {
    database = await createTestDatabase('outbox_messages');
    harness = await OutboxHarness.open(database.url);
    broker.refuse = ({ topic }) => (topic === 'dead' ? 'refused' : undefined);
  });
  afterAll(async () => {
    await harness.close();
    await database.drop();
  });

  it('F38 finds them by id, and what waits of a key, with masked data', async () => {
    const topics = ['alive', 'dead'];
    const { outbox, relay } = harness.withRelay(broker, { topics });
    const sent = testMessage('alive', 'a', { n: 1, name: 'Ada' });
    const [first, second] = [testMessage('dead', 'a', { n: 2, name: 'Ada' }), testMessage('dead', 'a')];
    const type = 'test.happened.v1';
    const schema = { type: 'object', properties: { n: {}, name: {} } };
    const contracts = [{ type, personal: ['/name'], schema }];
    const messages = new OutboxMessages(harness.database, resolveOptions({ source: '/test', topics, contracts }));
    relay.start();
    await harness.add(outbox, sent, first, second, testMessage('dead', 'b'), testMessage('alive', 'a'));
    await until('it is published', async () => (await messages.find([sent.id]))[0]?.publishedAt !== null);

    const found = await messages.find([sent.id, randomUUID()], 'a');
    expect(found.map(({ id }) => id).toSorted()).toEqual([sent.id, first.id, second.id].toSorted());
    const byId = new Map(found.map((message) => [message.id, message]));
    expect(byId.get(sent.id)).toMatchObject({
      topic: 'alive',
      key: 'a',
      type,
      source: '/test',
      publishedAt: expect.any(String),
      isSetAside: false,
      data: { n: 1, name: '***' },
    });
    expect(byId.get(first.id)).toMatchObject({ publishedAt: null, data: { n: 2, name: '***' } });
    expect(await messages.find([sent.id])).toHaveLength(1);
  });

  it('F38 shows only the shape of what no contract speaks for, and nothing of what is large', async () => {
    const { outbox } = harness.withRelay(broker, { topics: ['alive'] });
    const messages = new OutboxMessages(harness.database, resolveOptions({ source: '/test' }));
    const [plain, large] = [
      testMessage('alive', 'c', { name: 'Ada' }),
      testMessage('alive', 'c', { name: 'A'.repeat(70_000) }),
    ];
    await harness.add(outbox, plain, large);
    const found = await messages.find([plain.id, large.id]);
    expect(found.map(({ data }) => data)).toEqual([{ name: '***' }, null]);
    expect(found[1]?.bytes).toBeGreaterThan(70_000);
  });
});
