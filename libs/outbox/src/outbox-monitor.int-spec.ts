import { byIndexAlone } from '@waybill/database';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { defaultRules, monitorSettings, readConfig } from '@waybill/observability';

import { OutboxBacklog } from './outbox-backlog.js';
import { OutboxMonitor } from './outbox-monitor.js';
import { resolveOptions } from './outbox-options.js';
import { RefusedRows } from './refused-rows.js';
import { unpublishedByTopic } from './sql/unpublished-by-topic.js';
import { OutboxHarness } from './testing/outbox-harness.js';
import { testMessage } from './testing/test-message.js';

jest.setTimeout(180_000);

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly Plan[];
}

const nodes = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

describe("the outbox's monitor", () => {
  let testDatabase: TestDatabase;
  let harness: OutboxHarness;
  let monitor: OutboxMonitor;
  let backlog: OutboxBacklog;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('outbox');
    harness = await OutboxHarness.open(testDatabase.url);
    backlog = new OutboxBacklog(harness.database, resolveOptions({ source: '/test', topics: ['quiet', 't'] }));
    monitor = new OutboxMonitor(
      backlog,
      new RefusedRows(harness.database, {
        shardFor: (_topic, hashed) => hashed,
        accept: () => {},
        lookAgain: () => {},
      }),
    );
  });

  beforeEach(() => harness.sql('TRUNCATE outbox'));

  afterAll(async () => {
    await harness.close();
    await testDatabase.drop();
  });

  const fill = (topic: string, rows: number, publishedAt: string) =>
    harness.sql(
      `INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, topic, key, key_hash, shard, source, time, correlationid, published_at)
       SELECT gen_random_uuid(), 'a', 'k', 'a.b.v1', '\\x7b7d', $1, convert_to('k' || g, 'UTF8'), g, g % 8, '/s', '', '', ${publishedAt}
       FROM generate_series(1, $2::int) g`,
      [topic, rows],
    );

  it('says what waits and for how long, also where no relay has ever run, and that nothing waits', async () => {
    const outbox = harness.outbox();
    await harness.add(outbox, testMessage('t', 'a'), testMessage('t', 'b'), testMessage('stray', 'a'));
    await harness.sql(`UPDATE outbox SET created_at = now() - interval '90 s' WHERE topic = 't' AND aggregateid = 'b'`);
    const topics = await backlog.topics();
    expect(topics.map(({ topic, unpublished }) => [topic, unpublished])).toEqual([
      ['quiet', 0],
      ['stray', 1],
      ['t', 2],
    ]);
    const ages = topics.map(({ oldestAgeSeconds }) => Math.floor(oldestAgeSeconds / 10) * 10);
    expect(ages).toEqual([0, 0, 90]);
    const samples = await monitor.read();
    expect(samples).toContainEqual({ metric: 'waybill_outbox_unpublished', labels: { topic: 't' }, value: 2 });
  });

  it('reads the partial index alone, a bounded part of it, beside 100,000 rows', async () => {
    await fill('t', 40_000, 'now()');
    await fill('a', 30_000, 'NULL');
    await fill('t', 30_000, 'NULL');
    await harness.sql('ANALYZE outbox');
    const plan = await harness.database.transaction(async (tx) => {
      await tx.query(byIndexAlone);
      const text = `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${unpublishedByTopic.text}`;
      const explained = { name: 'test_explain', text };
      const [row] = await tx.query<{ 'QUERY PLAN': readonly [{ readonly Plan: Plan }] }>(explained, [1_000]);
      if (!row) throw new Error('No plan');
      return row['QUERY PLAN'][0].Plan;
    });
    const reads = nodes(plan).filter((node) => node['Relation Name'] === 'outbox');
    expect(new Set(reads.map((node) => node['Index Name']))).toEqual(new Set(['outbox_unpublished']));
    expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(3_000);
    expect((await backlog.topics()).map(({ topic, unpublished }) => [topic, unpublished])).toEqual([
      ['a', 8_000],
      ['quiet', 0],
      ['t', 8_000],
    ]);
  });

  it('measures what the rule for an old outbox looks at', () => {
    const rule = defaultRules(readConfig({}, monitorSettings)).find(({ name }) => name === 'outbox-old');
    expect(monitor.gauges.filter(({ name }) => name === rule?.metric).map(({ labels }) => labels)).toEqual([rule?.by]);
  });
});
