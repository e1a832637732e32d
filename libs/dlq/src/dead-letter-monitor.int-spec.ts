import {
  byIndexAlone,
  createDataSource,
  Database,
  databaseMigrations,
  migrate,
  PostgresIncidents,
} from '@waybill/database';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { Alerts, defaultRules, monitorSettings, readConfig } from '@waybill/observability';
import type { Sample } from '@waybill/observability';

import { DeadLetterMonitor } from './dead-letter-monitor.js';
import { deadLettersByHandler, measureDeadLetters } from './sql/measure-dead-letters.js';
import { dead, failed, later, message, startService, GROUP } from './testing/service.js';
import type { Service } from './testing/service.js';

jest.setTimeout(180_000);

interface Plan {
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly Plan[];
}

const nodes = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];
const rules = defaultRules(readConfig({}, monitorSettings));

let service: Service;
let testDatabase: TestDatabase;
let incidents: Database;
let monitor: DeadLetterMonitor;

beforeAll(async () => {
  service = await startService();
  monitor = new DeadLetterMonitor(service.database, { group: GROUP });
  testDatabase = await createTestDatabase('incidents');
  const source = await createDataSource({ url: testDatabase.url, migrations: databaseMigrations }).initialize();
  await migrate(source, testDatabase.url);
  incidents = new Database(source);
});
afterEach(() => service.reset());
afterAll(async () => {
  await incidents.onApplicationShutdown();
  await testDatabase.drop();
  await service.stop();
});

const valueOf = (samples: readonly Sample[], metric: string, labels: Sample['labels'] = { group: GROUP }) =>
  samples.find((sample) => sample.metric === metric && JSON.stringify(sample.labels) === JSON.stringify(labels))?.value;

/** Letters that are there already, made by SQL because making them one by one takes long. */
const fill = (rows: number, state: string, type = "'t.v1'") =>
  service.execute(
    `fill_${state}_${type.length}_${rows}`,
    `INSERT INTO held_message (consumer_group, source, message_id, type, handler, topic, partition, position, timestamp_ms,
       key, headers, state, attempts, service_version, held_at, updated_at)
     SELECT '${GROUP}', '/s', gen_random_uuid(), ${type}, 'H.h', 't', 0, '0', 0, convert_to('k' || g, 'UTF8'), '[]',
       '${state}', 1, '1', now() - interval '1 day', now() - interval '1 day' FROM generate_series(1, $1::int) g`,
    [rows],
  );

describe("the dead letters' monitor", () => {
  it('counts letters, new ones, parked keys, and how long keys have been parked', async () => {
    const { store } = service.replica();
    await fill(3, 'dead');
    await service.fail(store, failed(message('m1', 'a'), dead), failed(message('m2', 'b'), later(60_000)));
    await service.execute('age', `UPDATE parked_key SET parked_at = now() - interval '100 s' WHERE key = 'b'`);
    const samples = await monitor.read();
    expect(valueOf(samples, 'waybill_dead_letters')).toBe(4);
    expect(valueOf(samples, 'waybill_dead_letters_recent')).toBe(1);
    expect(valueOf(samples, 'waybill_parked_keys')).toBe(2);
    expect(Math.floor((valueOf(samples, 'waybill_parked_key_oldest_seconds') ?? 0) / 10)).toBe(10);
    const labels = { group: GROUP, type: 'payment.process.v1', handler: 'PaymentController.process' };
    expect(valueOf(samples, 'waybill_dead_letters_by_handler', labels)).toBe(1);
  });

  it('says 0 where there is nothing', async () => {
    const samples = await monitor.read();
    expect(samples.map(({ value }) => value)).toEqual([0, 0, 0, 0]);
  });

  it('shows a bounded number of types, whatever text senders put there', async () => {
    await fill(200, 'dead', "'t' || g || repeat('x', 500)");
    const shown = (await monitor.read()).filter(({ metric }) => metric === 'waybill_dead_letters_by_handler');
    expect(shown).toHaveLength(51);
    expect(shown.reduce((sum, { value }) => sum + value, 0)).toBe(200);
    expect(Math.max(...shown.map(({ labels }) => labels['type']?.length ?? 0))).toBe(100);
  });

  it('tells once of 1,000 dead letters, from two replicas and across a restart, and once when all are discarded', async () => {
    const { store } = service.replica();
    const told: string[] = [];
    const replica = () =>
      new Alerts({
        service: GROUP,
        rules,
        incidents: new PostgresIncidents(incidents),
        port: { send: async ({ rule, state }) => void told.push(`${rule} ${state}`) },
        resolveAfterMs: 60_000,
        onFailure: (error) => {
          throw error;
        },
      });
    const measured = new Set(monitor.gauges.map(({ name }) => name));
    const tick = async (...alerts: readonly Alerts[]) => {
      const samples = await monitor.read();
      await Promise.all(alerts.map((each) => each.evaluate(samples, measured)));
      await Promise.all(alerts.map((each) => each.deliver()));
    };
    let [one, two] = [replica(), replica()];
    for (let batch = 0; batch < 20; batch += 1) {
      const ids = Array.from({ length: 50 }, (_, index) => `m${batch * 50 + index}`);
      await service.fail(store, ...ids.map((id) => failed(message(id, id), dead)));
      await tick(one, two);
    }
    [one, two] = [replica(), replica()];
    await tick(one, two);
    expect(told.sort()).toEqual(['dead-letters firing', 'dead-letters-growing firing']);
    await service.execute('discard', `UPDATE held_message SET state = 'discarded'`);
    await tick(one, two);
    expect(told).toHaveLength(2);
    await incidents.query({
      name: 'test_minute',
      text: `UPDATE alert_incident SET seen_at = seen_at - interval '60 s'`,
    });
    await tick(one, two);
    await tick(one, two);
    expect(told.filter((line) => line.endsWith('resolved')).sort()).toEqual([
      'dead-letters resolved',
      'dead-letters-growing resolved',
    ]);
    expect(told).toHaveLength(4);
  });

  it('reads indexes alone, a bounded part of them, beside 40,000 rows', async () => {
    await fill(20_000, 'handled');
    await fill(20_000, 'dead');
    await service.execute(
      'park',
      `INSERT INTO parked_key (consumer_group, topic, key) SELECT '${GROUP}', 't', key FROM held_message WHERE state = 'dead'`,
    );
    await service.execute('analyze', 'ANALYZE held_message, parked_key');
    for (const [{ text, name }, values] of [
      [measureDeadLetters, [GROUP, 10_000, 300_000]],
      [deadLettersByHandler, [GROUP, 10_000, 50]],
    ] as const) {
      const plan = await service.database.transaction(async (tx) => {
        await tx.query(byIndexAlone);
        const explained = { name: `test_${name}`, text: `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}` };
        const [row] = await tx.query<{ 'QUERY PLAN': readonly [{ readonly Plan: Plan }] }>(explained, values);
        if (!row) throw new Error('No plan');
        return row['QUERY PLAN'][0].Plan;
      });
      const reads = nodes(plan).filter((node) => node['Relation Name'] !== undefined);
      expect(reads.every((node) => node['Index Name'] !== undefined)).toBe(true);
      expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(25_000);
    }
    const samples = await monitor.read();
    expect(valueOf(samples, 'waybill_dead_letters')).toBe(10_000);
    expect(valueOf(samples, 'waybill_dead_letters_recent')).toBe(0);
    expect(valueOf(samples, 'waybill_parked_keys')).toBe(10_000);
  });

  it('measures what the rules for dead letters and parked keys look at', () => {
    const metrics = ['waybill_dead_letters', 'waybill_dead_letters_recent', 'waybill_parked_key_oldest_seconds'];
    const own = rules.filter(({ metric }) => metrics.includes(metric));
    expect(own).toHaveLength(3);
    for (const { metric, by } of own) {
      expect(monitor.gauges.find(({ name }) => name === metric)?.labels).toEqual(by);
    }
  });
});
