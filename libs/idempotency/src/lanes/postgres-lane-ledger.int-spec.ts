import { createDataSource, Database, migrate } from '@waybill/database';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import type { LaneIssue } from '@waybill/messaging';

import { inboxMigrations } from '../inbox/migrations/index.js';
import { PostgresLaneLedger } from './postgres-lane-ledger.js';

const ada = { who: 'ada', why: 'a test' };
const lane = { topic: 't', partition: 3 };

describe('PostgresLaneLedger (F71)', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let ledger: PostgresLaneLedger;
  let group: string;
  let groups = 0;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('lanes');
    const dataSource = await createDataSource({ url: testDatabase.url, migrations: inboxMigrations }).initialize();
    await migrate(dataSource, testDatabase.url);
    database = new Database(dataSource);
    ledger = new PostgresLaneLedger(database);
  });

  beforeEach(() => {
    group = `g${(groups += 1)}`;
  });

  afterAll(async () => {
    await database?.onApplicationShutdown();
    await testDatabase?.drop();
  });

  const settle = (id: string) => database.transaction((tx) => ledger.settle(tx, group, id, ada));
  const issue = (kind: LaneIssue['kind'], first: string, next: string): LaneIssue => {
    return { ...lane, kind, first, next, reason: 'a test' };
  };

  it('raises marks and never lowers them, whichever replica is late', async () => {
    await ledger.mark(group, [{ ...lane, next: '9223372036854775807' }]);
    await ledger.mark(group, [
      { ...lane, next: '5', confirmed: '4' },
      { topic: 't', partition: 1, next: '2' },
    ]);
    const marks = await ledger.marks(group);
    expect(marks.toSorted((a, b) => a.partition - b.partition)).toEqual([
      { topic: 't', partition: 1, next: '2', confirmed: undefined },
      { ...lane, next: '9223372036854775807', confirmed: '4' },
    ]);
    expect(await ledger.marks('another group')).toEqual([]);
  });

  it('restarts marks of another log, lower ones too (F70)', async () => {
    await ledger.mark(group, [{ ...lane, next: '50', confirmed: '40' }]);
    await ledger.restart(group, [
      { ...lane, next: '7' },
      { topic: 't', partition: 1, next: '2' },
    ]);
    expect((await ledger.marks(group)).toSorted((a, b) => a.partition - b.partition)).toEqual([
      { topic: 't', partition: 1, next: '2', confirmed: undefined },
      { ...lane, next: '7', confirmed: undefined },
    ]);
  });

  it('keeps an issue once while it is open, and tells that very records were settled', async () => {
    const unreadable = issue('unreadable', '10', '12');
    const reports = [ledger.report(group, unreadable), ledger.report(group, unreadable)];
    expect(await Promise.all(reports)).toEqual(['open', 'open']);
    const [open, ...others] = await ledger.open(group);
    expect(open).toMatchObject({ ...unreadable, foundAt: expect.any(Date) });
    expect(others).toEqual([]);
    expect(await settle(open?.id ?? '')).toEqual(unreadable);
    expect(await settle(open?.id ?? '')).toBeUndefined();
    expect(await ledger.report(group, unreadable)).toBe('settled');
    const audit = await database.query(
      { name: 'audit', text: 'SELECT settled_by, settled_reason FROM lane_issue WHERE consumer_group = $1' },
      [group],
    );
    expect(audit).toEqual([{ settled_by: 'ada', settled_reason: 'a test' }]);
  });

  it('remembers when records of a topic were last lost, also once that is settled (F70)', async () => {
    expect(await ledger.lastLossAtMs(group, ['t'])).toBeUndefined();
    await ledger.report(group, issue('unreadable', '10', '12'));
    expect(await ledger.lastLossAtMs(group, ['t'])).toBeUndefined();
    await ledger.report(group, issue('topic-lost', '0', '0'));
    const { foundAt, id } = (await ledger.open(group)).at(-1) ?? {};
    await settle(id ?? '');
    expect(Math.floor((await ledger.lastLossAtMs(group, ['s', 't'])) ?? 0)).toBe(foundAt?.getTime());
    expect(await ledger.lastLossAtMs(group, ['s'])).toBeUndefined();
    await ledger.report(group, { ...issue('skipped', '10', '12'), topic: 's' });
    expect(await ledger.lastLossAtMs(group, ['s'])).toBeGreaterThan(0); // maybe older than the topic's retention (F71)
  });

  it('tells a topic that is lost for the second time again', async () => {
    const lost = issue('topic-lost', '0', '0');
    await ledger.report(group, lost);
    await settle((await ledger.open(group))[0]?.id ?? '');
    expect(await ledger.report(group, lost)).toBe('open');
    expect(await ledger.open(group)).toHaveLength(1);
  });

  it.each([
    ['lost', [{ ...lane, next: '70', confirmed: '40' }]],
    ['skipped', [{ ...lane, next: '70', confirmed: '40' }]],
    ['replaced', [{ ...lane, next: '50', confirmed: '40' }]], // it was when the new log was found
    ['rewound', []],
  ] as const)('brings the mark in line with what was settled: %s', async (kind, marks) => {
    await ledger.mark(group, [{ ...lane, next: '50', confirmed: '40' }]);
    await ledger.report(group, issue(kind, '50', '70'));
    await settle((await ledger.open(group))[0]?.id ?? '');
    expect(await ledger.marks(group)).toEqual(marks);
  });

  it('knows its own id, and those whose positions an operator took over', async () => {
    const [own, ...others] = await ledger.installations(group);
    expect([own, others]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), []]);
    const owner = '0192f0c1-2222-7000-8000-000000000001';
    await ledger.report(group, { ...issue('foreign', '0', '0'), owner });
    const [open] = await ledger.open(group);
    expect(open).toMatchObject({ kind: 'foreign', owner });
    await settle(open?.id ?? '');
    expect(await ledger.installations(group)).toEqual([own, owner]);
    // By a replica that had looked a moment before.
    expect(await ledger.report(group, { ...issue('foreign', '0', '0'), owner })).toBe('settled');
    expect(await ledger.open(group)).toEqual([]);
    expect(await ledger.installations('another group')).toEqual([own]);
  });
});
