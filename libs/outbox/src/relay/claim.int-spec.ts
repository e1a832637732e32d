import { byIndexAlone } from '@waybill/database';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';

import { claimRows } from '../sql/claim-rows.js';
import { insertRows } from '../sql/insert-rows.js';
import { OutboxHarness } from '../testing/outbox-harness.js';
import { testMessage } from '../testing/test-message.js';

jest.setTimeout(180_000);

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly Plans?: readonly Plan[];
}

const nodes = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

describe('claim', () => {
  let testDatabase: TestDatabase;
  let harness: OutboxHarness;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('outbox');
    harness = await OutboxHarness.open(testDatabase.url);
  });

  afterAll(async () => {
    await harness.close();
    await testDatabase.drop();
  });

  /** As the relay's connection runs it. */
  const explain = async (text: string, values: readonly unknown[]): Promise<Plan> =>
    harness.database.transaction(async (tx) => {
      await tx.query(byIndexAlone);
      const explained = {
        name: `test_explain_${text.length}`,
        text: `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
      };
      const [row] = await tx.query<{ 'QUERY PLAN': readonly [{ readonly Plan: Plan }] }>(explained, values);
      if (!row) throw new Error('No plan');
      return row['QUERY PLAN'][0].Plan;
    });

  const claim = (): Promise<Plan> => explain(claimRows.text, [['t', 't'], [0, 1], ['1', '2', '3'], 250, 4_000_000]);
  const blocks = (plan: Plan): number => (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);

  const fill = async (rows: number, published: string): Promise<void> => {
    await harness.sql(
      `INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, topic, key, key_hash, shard, source, time, correlationid, published_at)
       SELECT gen_random_uuid(), 'a', 'k', 'a.b.v1', '\\x7b7d', 't', convert_to('k' || g, 'UTF8'), g, g % 8, '/s', '', '', ${published}
       FROM generate_series(1, $1::int) g`,
      [rows],
    );
  };

  it('reads the partial index alone, and as much of the table with 100,000 unpublished rows as with 3,000 (F8)', async () => {
    await fill(3_000, 'NULL');
    await harness.sql('ANALYZE outbox');
    const small = await claim();
    await fill(100_000, 'NULL');
    await harness.sql('ANALYZE outbox');
    const large = await claim();
    for (const plan of [small, large]) {
      const reads = nodes(plan).filter((node) => node['Relation Name'] === 'outbox');
      expect(reads.map((node) => node['Index Name'])).toEqual(['outbox_unpublished']);
    }
    expect(blocks(large)).toBeLessThan(blocks(small) * 2);
  });

  it('does not read published rows, nor does the flush', async () => {
    await harness.sql('TRUNCATE outbox');
    await fill(100_000, 'now()');
    await harness.sql('ANALYZE outbox');
    await harness.add(harness.outbox(), testMessage('t', 'k'));
    expect(blocks(await claim())).toBeLessThan(50);
    const flush = await explain(insertRows.text, [
      [testMessage('t', 'k').id],
      ['a'],
      ['a'],
      ['a'],
      [Buffer.from('{}')],
      ['t'],
      [Buffer.from('k')],
      [1],
      [0],
      [null],
      [''],
      [''],
      [null],
      [null],
      '/s',
    ]);
    const reads = nodes(flush).filter(
      (node) => node['Relation Name'] === 'outbox' && node['Node Type'] !== 'ModifyTable',
    );
    expect(reads.map((node) => node['Index Name'])).toEqual(['outbox_unpublished_key']);
  });
});
