import { createDataSource, Database, migrate } from '@waybill/database';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';

import { filterParameters } from './letter-filter.js';
import { deadLetterMigrations } from './migrations.js';
import { groupAllLetters, groupLetters } from './sql/group-letters.js';

jest.setTimeout(180_000);

const [LETTERS, GROUPS] = [20_000, 400];

/** Every three minutes one of the next group. */
const many = `
  INSERT INTO held_message (consumer_group, source, message_id, type, handler, topic, partition, position, timestamp_ms, key,
    headers, state, attempts, reason, last_error, fingerprint, service_version, held_at, updated_at)
  SELECT 'payment', '/s', n::text, 't.v1', 'h', 't', 0, n::text, 0, convert_to('k' || n % 1000, 'UTF8'), '[]', 'dead', 1, 'r', 'Error: ' || n,
    'PaymentGatewayError at charge (gateway.ts) ' || n % ${GROUPS}, '1', now() - n * interval '3 min' - interval '1 day', now() - n * interval '3 min'
  FROM generate_series(${LETTERS}, 1, -1) AS n`;
/** Two large groups: one a letter a minute, the other all within the last minutes. */
const large = `
  INSERT INTO held_message (consumer_group, source, message_id, type, handler, topic, partition, position, timestamp_ms, key,
    headers, state, attempts, reason, last_error, fingerprint, service_version, held_at, updated_at)
  SELECT 'large', '/s', handler || n, 't.v1', handler, 't', 0, n::text, 0, convert_to('k' || n, 'UTF8'), '[]', 'dead', 1, 'r', 'Error: ' || n,
    'f', '1', now() - n * minute, now() - n * minute
  FROM generate_series(3000, 1, -1) AS n, (VALUES ('even', interval '1 min'), ('sudden', interval '1 ms')) AS kind (handler, minute)`;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly Plans?: readonly Plan[];
}

interface GroupRow {
  readonly handler: string;
  readonly fingerprint: string;
  readonly letters: number;
  readonly keys: number;
  readonly first_at: Date;
  readonly last_at: Date;
  readonly last_error: string;
  readonly trend: readonly number[];
}

const nodes = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

describe('groups of all dead letters', () => {
  let testDatabase: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('letter_groups');
    const dataSource = createDataSource({ url: testDatabase.url, migrations: deadLetterMigrations });
    await migrate(await dataSource.initialize(), testDatabase.url);
    database = new Database(dataSource);
    await run('ALTER TABLE held_message SET (autovacuum_enabled = off)'); // which would analyse it
  });
  afterAll(async () => {
    await database?.onApplicationShutdown();
    await testDatabase.drop();
  });

  const run = (text: string) => database.query({ name: '', text });
  const groups = (group: string) => database.operators.queryByIndex<GroupRow>(groupAllLetters, [group]);

  async function explain(options = ''): Promise<Plan> {
    const text = `EXPLAIN (${options} FORMAT JSON) ${groupAllLetters.text}`;
    const [row] = await database.operators.queryByIndex<{ 'QUERY PLAN': readonly [{ readonly Plan: Plan }] }>(
      { name: '', text },
      ['payment'],
    );
    if (!row) throw new Error('No plan');
    return row['QUERY PLAN'][0].Plan;
  }

  /** By which indexes it reads the table. */
  async function indexes(): Promise<readonly string[]> {
    const reads = nodes(await explain()).filter((node) => node['Relation Name'] === 'held_message');
    return [...new Set(reads.map((node) => node['Index Name'] ?? node['Node Type']))].toSorted();
  }

  it('are read by one index, group by group, whatever the planner knows about the table (F72)', async () => {
    const own = ['held_message_group', 'held_message_pkey'];
    expect(await indexes()).toEqual(own);
    await run('ANALYZE held_message');
    expect(await indexes()).toEqual(own);
    await run(many);
    await run('DELETE FROM pg_statistic'); // as of a table that was never analysed
    await run(`UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE relname LIKE 'held_message%'`);
    expect(await indexes()).toEqual(own);
    const plan = await explain('ANALYZE, BUFFERS,');
    expect(plan['Shared Hit Blocks'] ?? 0 + (plan['Shared Read Blocks'] ?? 0)).toBeLessThan(2 * LETTERS);
    await run('ANALYZE held_message');
    expect(await indexes()).toEqual(own);
    await run(`UPDATE pg_class SET reltuples = 50 * reltuples WHERE relname LIKE 'held_message%'`); // a million
    expect(await indexes()).toEqual(own);
  });

  it('are those that reading all letters finds', async () => {
    const all = await database.operators.query<GroupRow>(groupLetters, filterParameters('payment', {}));
    // Their trends are of two moments.
    const comparable = (rows: readonly GroupRow[]) =>
      rows
        .map((group) => ({ ...group, trend: undefined }))
        .toSorted((one, other) => (one.fingerprint < other.fingerprint ? -1 : 1));
    const found = await groups('payment');
    expect(found).toHaveLength(GROUPS);
    expect(comparable(found)).toEqual(comparable(all));
    const died = found.flatMap(({ trend }) => trend).reduce((sum, letters) => sum + letters, 0);
    expect(Math.abs(died - (24 * 60) / 3)).toBeLessThan(60); // in a day, as far as this test takes no hours
  });

  it('are counted to an end where they are large, and dated by their oldest letters', async () => {
    await run(large);
    const [even, sudden, ...more] = await groups('large');
    expect(more).toEqual([]);
    expect(even).toMatchObject({ handler: 'even', letters: 3_000, keys: 1_000, last_error: 'Error: 1' });
    expect(Number(even?.last_at) - Number(even?.first_at)).toBe(2_999 * 60_000);
    expect(even?.trend.slice(0, -1)).toEqual(Array.from({ length: 23 }, () => 60));
    expect(sudden).toMatchObject({ handler: 'sudden', letters: 3_000, keys: 1_000 });
    expect(Math.max(...(sudden?.trend ?? []))).toBe(1_000);
  });
});
