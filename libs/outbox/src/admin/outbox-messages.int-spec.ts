import { randomUUID } from 'node:crypto';

import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';

import { resolveOptions } from '../outbox-options.js';
import { listWaiting } from '../sql/list-waiting.js';
import { OutboxHarness, until } from '../testing/outbox-harness.js';
import { ScriptedBroker } from '../testing/scripted-broker.js';
import { testMessage } from '../testing/test-message.js';
import { OutboxMessages } from './outbox-messages.js';

interface BlocksRead {
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
}

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
    await relay.stop(); // it would also publish what other topics have
  });

  it('F38 shows only the shape of what no contract speaks for, and nothing of what is large', async () => {
    const { outbox } = harness.withRelay(broker, { topics: ['alive'] });
    const messages = new OutboxMessages(harness.database, resolveOptions({ source: '/test' }));
    const [plain, large] = [
      testMessage('alive', 'c', { name: 'Ada' }),
      testMessage('alive', 'c', { name: 'A'.repeat(70_000) }),
    ];
    await harness.add(outbox, plain, large);
    const byId = new Map((await messages.find([plain.id, large.id])).map((message) => [message.id, message]));
    expect(byId.get(plain.id)?.data).toEqual({ name: '***' });
    expect(byId.get(large.id)).toMatchObject({ data: null });
    expect(byId.get(large.id)?.bytes).toBeGreaterThan(70_000);
  });

  it('F38 shows the true data of one only once it is on record to whom, and why', async () => {
    const topics = ['quiet'];
    const sent = testMessage('quiet', 'd', { n: 1, name: 'Ada' });
    const messages = new OutboxMessages(harness.database, resolveOptions({ source: '/test', topics }));
    await harness.add(harness.outbox({ topics }), sent);
    expect(await messages.reveals(sent.id)).toEqual([]);
    await harness.sql('ALTER TABLE outbox_reveal RENAME TO away');
    await expect(messages.reveal(sent.id, { by: 'ada', why: 'test' })).rejects.toThrow('outbox_reveal');
    await harness.sql('ALTER TABLE away RENAME TO outbox_reveal');
    expect(await messages.reveal(sent.id, { by: 'ada', why: 'test' })).toMatchObject({ data: { n: 1, name: 'Ada' } });
    expect(await messages.reveals(sent.id)).toEqual([{ at: expect.any(String), who: 'ada', why: 'test' }]);
    await expect(messages.reveal(randomUUID(), { by: 'ada', why: 'test' })).rejects.toThrow(
      'The outbox has no message',
    );
  });

  it('lists what waits of a topic in the order in which it was written, page by page, whatever else waits', async () => {
    await harness.sql('TRUNCATE outbox');
    await harness.sql(
      `INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, topic, key, key_hash, shard, source, time, correlationid, published_at)
       SELECT gen_random_uuid(), 'a', 'k', 'a.b.v1', '\\x7b7d', CASE WHEN g % 2 = 0 THEN 'much' ELSE 'other' END,
         convert_to('k' || g, 'UTF8'), g, CASE WHEN g = 10 THEN -1 ELSE g % 8 END, '/s', '', '', CASE WHEN g = 2 THEN now() END
       FROM generate_series(1, 20000) g`,
    );
    await harness.sql('ANALYZE outbox');
    const messages = new OutboxMessages(harness.database, resolveOptions({ source: '/test' }));
    const first = await messages.waiting('much', 5, '0');
    const second = await messages.waiting('much', 5, first.at(-1)?.seq ?? '');
    expect([...first, ...second].map(({ key }) => key)).toEqual(
      [4, 6, 8, 12, 14, 16, 18, 20, 22, 24].map((n) => `k${n}`), // 2 is published, 10 set aside
    );
    const [plan] = await harness.database.operators.queryByIndex<{ 'QUERY PLAN': readonly [{ Plan: BlocksRead }] }>(
      { name: '', text: `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${listWaiting.text}` },
      ['much', '0', 50],
    );
    const { 'Shared Hit Blocks': hit = 0, 'Shared Read Blocks': read = 0 } = plan?.['QUERY PLAN'][0].Plan ?? {};
    expect(hit + read).toBeGreaterThan(0);
    expect(hit + read).toBeLessThan(800); // 4 shards of 50 rows, each a block; the table alone has many
  });
});
