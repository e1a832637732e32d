import { randomBytes } from 'node:crypto';

import { Logger } from '@nestjs/common';
import { dropTestDatabases, testDatabaseServer, testKafkaBrokers } from '@waybill/embedded/testing';
import { kafkaBroker } from '@waybill/kafka';
import { testedClient } from '@waybill/kafka/testing';
import { eventually } from '@waybill/messaging/testing';

import { LessonRuns } from './lesson-runs.js';
import type { LessonRun } from './lesson-runs.js';
import type { LessonResult } from './lesson.js';

const PATIENCE_MS = 180_000;

describe('a lesson', () => {
  const unique = `l${randomBytes(5).toString('hex')}`;
  const runs = new LessonRuns({
    databaseUrl: testDatabaseServer(),
    databasePrefix: `${unique}_`,
    broker: kafkaBroker({
      clientId: 'lab',
      brokers: testKafkaBrokers(),
      client: testedClient,
      topicPrefix: `${unique}.`,
    }),
  });
  const ended = new Map<string, LessonRun>();

  // All at once, as each takes some seconds that are mostly waited.
  beforeAll(async () => {
    Logger.overrideLogger(false);
    await Promise.all(runs.lessons().map(async ({ name }) => ended.set(name, await play(name))));
  }, PATIENCE_MS);
  afterAll(async () => {
    await runs.beforeApplicationShutdown();
    await dropTestDatabases(`${unique}_`);
  }, PATIENCE_MS);

  async function play(name: string, naive = true): Promise<LessonRun> {
    const { id } = runs.start(name, { naive });
    await eventually(() => runs.find(id).state !== 'running', PATIENCE_MS);
    return runs.find(id);
  }

  function result(of: LessonRun | undefined): LessonResult {
    if (of?.result === undefined) throw new Error(`The run failed: ${of?.fault}`);
    return of.result;
  }

  const latestRunOf = (lesson: string): LessonRun | undefined =>
    runs.lessons().find(({ name }) => name === lesson)?.latestRun;

  /** What was counted, as `label: naive/waybill`. */
  function counted({ facts }: LessonResult): readonly string[] {
    return facts.map(({ label, naive, waybill }) => `${label}: ${naive ?? '-'}/${waybill}`);
  }

  it('loses orders between COMMIT and publish, and none with the outbox', () => {
    const told = result(ended.get('dual-write'));
    expect(counted(told)).toEqual(['orders committed: 10/10', 'orders published: 7/10', 'parcels sent: 7/10']);
    expect(told.naive).toBe(
      'The naive service committed 10 orders and published 7: 3 parcels that nobody will ever send.',
    );
    expect(told.waybill).toMatch(/10 orders were committed and 10 published, 3 of them by the process/);
  });

  it('charges twice what is delivered twice, and once with the inbox', () => {
    const told = result(ended.get('duplicates'));
    const [twice, charges] = told.facts;
    expect(twice?.naive).toBeGreaterThanOrEqual(3); // on a slow machine the broker may deliver others again as well
    expect(charges?.naive).toBeGreaterThanOrEqual(13);
    expect([twice?.waybill, charges?.waybill]).toEqual([0, 10]);
    expect(told.naive).toMatch(/charged \d+ times for 10 orders: \d+ customers paid twice, \d+\.00 EUR too much/);
    expect(told.waybill).toMatch(/\d+ messages came and 10 charges were made/);
  });

  it('is held up by a poison message, and not where that is set aside and its key parked', () => {
    const told = result(ended.get('poison'));
    expect(counted(told)).toEqual([
      'parcels sent: 5/12',
      'parcels of other customers held up: 5/0',
      'customers served out of order: 0/0',
    ]);
    expect(told.naive).toMatch(/one message 2\d times .* 7 parcels never left, 5 of them/);
    expect(told.waybill).toMatch(/after 1 attempt and sent 10 parcels meanwhile; .* all 12 were sent/);
  });

  it('keeps the money of orders that a later step refuses, and gives it back with a saga', () => {
    const told = result(ended.get('compensation'));
    expect(counted(told)).toEqual(['customers who paid for nothing: 2/0', 'goods reserved for nobody: 2/0']);
    expect(told.naive).toMatch(/charged 5 customers and sent 3 parcels: 2 paid 40\.00 EUR for nothing/);
    expect(told.waybill).toMatch(/sent 3 parcels .* 2 refunds, 0 reservations left over/);
  });

  it('keeps the money of cancelled orders whose charge was told too late, and refunds it with a saga', () => {
    const { facts, naive, waybill } = result(ended.get('late-reply'));
    const [paid, charges] = facts;
    expect(paid?.naive).toBeGreaterThanOrEqual(2); // on a slow machine others are too late as well
    expect(paid?.waybill).toBe(0);
    expect(charges).toMatchObject({ naive: 5, waybill: 5 });
    expect(naive).toMatch(/nobody listens for it any more/);
    expect(waybill).toMatch(/late charges came, and were refunded/);
  });

  it('overwrites newer changes by replayed ones, and not where they wait behind them', () => {
    const told = result(ended.get('replay-in-order'));
    expect(counted(told)).toEqual(['orders with their last address: 2/4', 'orders with an outdated one: 2/0']);
    expect(told.naive).toMatch(/2 old changes after the newer ones: 2 parcels go to an address/);
    expect(told.waybill).toMatch(/replayed 2 changes, .* 4 of 4 parcels/);
  });

  it(
    'runs one at a time, again with the same outcome, and without the naive version',
    async () => {
      const again = play('dual-write', false);
      expect(() => runs.start('dual-write', { naive: true })).toThrow('is running');
      expect(latestRunOf('dual-write')).toMatchObject({ naive: false, state: 'running' });
      const run = await again;
      expect(latestRunOf('dual-write')).toEqual(run);
      expect(counted(result(run))).toEqual(['orders committed: -/10', 'orders published: -/10', 'parcels sent: -/10']);
      expect(result(run).naive).toBeUndefined();
      expect(run.steps.filter(({ side }) => side === 'naive')).toEqual([]);
    },
    PATIENCE_MS,
  );

  it('is told of with its newest run, for those who have not seen it begin', () => {
    expect(latestRunOf('poison')).toEqual(ended.get('poison'));
  });

  it('shows its messages at its stations, and nothing else', () => {
    for (const { name, stations, tokens } of runs.lessons()) {
      const places = [...stations.map(({ id }) => id), ...tokens];
      const steps = ended.get(name)?.steps ?? [];
      const strange = steps
        .flatMap(({ station, token = station }) => [station, token])
        .filter((each) => !places.includes(each));
      expect({ name, strange, seen: steps.length > tokens.length }).toEqual({ name, strange: [], seen: true });
    }
  });
});
