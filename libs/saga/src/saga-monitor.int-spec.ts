import { byIndexAlone, createDataSource, Database } from '@waybill/database';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { defaultRules, monitorSettings, readConfig } from '@waybill/observability';

import { sagaMigrations } from './migrations/saga-migrations.js';
import { SagaMonitor } from './saga-monitor.js';
import { countOpenSagas } from './sql/count-open-sagas.js';

jest.setTimeout(120_000);

interface Plan {
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

const nodes = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

describe("the sagas' monitor", () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let monitor: SagaMonitor;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('saga');
    const source = await createDataSource({ url: testDatabase.url, migrations: sagaMigrations }).initialize();
    await source.runMigrations();
    database = new Database(source);
    monitor = new SagaMonitor(database);
  });

  beforeEach(async () => {
    await database.query({ name: 'test_clear', text: 'TRUNCATE saga_instance' });
  });

  afterAll(async () => {
    await database.onApplicationShutdown();
    await testDatabase.drop();
  });

  const fill = (status: string, rows: number, ageSeconds: number) =>
    database.query(
      {
        name: 'test_fill',
        text: `
          INSERT INTO saga_instance (id, saga, version, status, step, steps, data, revision, created_at, updated_at)
          SELECT gen_random_uuid(), 's', 1, $1, 'a', '[]', '{}', 1, now() - $3::float8 * interval '1 s', now()
          FROM generate_series(1, $2::int)`,
      },
      [status, rows, ageSeconds],
    );

  it('F22 counts those that need an operator, those that run, and not those that ended', async () => {
    await fill('RUNNING', 3, 5);
    await fill('COMPENSATION_FAILED', 2, 100);
    await fill('COMPLETED', 4, 1_000);
    const samples = await monitor.read();
    const read = samples
      .slice(0, 6)
      .map(({ metric, labels, value }) => [metric, labels['status'], Math.floor(value / 2) * 2]);
    expect(read).toEqual([
      ['waybill_sagas', 'RUNNING', 2],
      ['waybill_saga_oldest_seconds', 'RUNNING', 4],
      ['waybill_sagas', 'COMPENSATING', 0],
      ['waybill_saga_oldest_seconds', 'COMPENSATING', 0],
      ['waybill_sagas', 'COMPENSATION_FAILED', 2],
      ['waybill_saga_oldest_seconds', 'COMPENSATION_FAILED', 100],
    ]);
  });

  it('F64 counts the deadlines that are due, but held, and says for how long', async () => {
    await fill('RUNNING', 4, 200);
    await fill('COMPENSATION_FAILED', 1, 200);
    const due = `UPDATE saga_instance SET deadline_at = now() + CASE WHEN n = 1 THEN interval '1 h' ELSE n * interval '-100 s' END,
        wake_at = now() - interval '500 s'
      FROM (SELECT id AS row, row_number() OVER () AS n FROM saga_instance WHERE status = 'RUNNING') AS numbered WHERE id = row`;
    await database.query({ name: 'test_due', text: due });
    const read = (await monitor.read()).slice(6).map(({ metric, labels, value }) => [metric, labels['status'], value]);
    expect(read).toEqual([
      ['waybill_saga_deadlines_held', 'RUNNING', 3],
      ['waybill_saga_deadline_held_seconds', 'RUNNING', expect.closeTo(400, -2)],
      ['waybill_saga_deadlines_held', 'COMPENSATING', 0],
      ['waybill_saga_deadline_held_seconds', 'COMPENSATING', 0],
    ]);
  });

  it('reads an index alone, up to 10,000 entries a status, beside sagas that ended', async () => {
    await fill('COMPLETED', 20_000, 1_000);
    await fill('RUNNING', 12_000, 1);
    await database.query({ name: 'test_analyze', text: 'ANALYZE saga_instance' });
    const plan = await database.transaction(async (tx) => {
      await tx.query(byIndexAlone);
      const explained = { name: 'test_explain', text: `EXPLAIN (FORMAT JSON) ${countOpenSagas.text}` };
      const [row] = await tx.query<{ 'QUERY PLAN': readonly [{ readonly Plan: Plan }] }>(explained, [10_000]);
      if (!row) throw new Error('No plan');
      return row['QUERY PLAN'][0].Plan;
    });
    const reads = nodes(plan).filter((node) => node['Relation Name'] === 'saga_instance');
    expect(reads.map((node) => node['Index Name'])).toEqual(Array.from({ length: 3 }, () => 'saga_instance_status'));
    expect((await monitor.read())[0]).toMatchObject({ labels: { status: 'RUNNING' }, value: 10_000 });
  });

  it.each(['compensation-failed', 'deadline-held'])('measures what the rule %s looks at', (wanted) => {
    const rule = defaultRules(readConfig({}, monitorSettings)).find(({ name }) => name === wanted);
    expect(monitor.gauges.find(({ name }) => name === rule?.metric)?.labels).toEqual(rule?.by);
  });
});
