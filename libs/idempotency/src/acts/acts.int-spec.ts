import { createDataSource, Database, migrate } from '@waybill/database';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';

import { httpIdempotencyMigrations } from '../http/migrations/index.js';
import { ActSweeper } from './act-sweeper.js';
import type { NewAct } from './operator-act.js';
import { OperatorActs } from './operator-acts.js';
import { eraseActs, recordAct } from './record-act.js';

const DAY_MS = 86_400_000;
const ada = { who: 'ada', why: 'a test' };

describe("operators' acts", () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let acts: OperatorActs;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('acts');
    const dataSource = createDataSource({ url: testDatabase.url, migrations: httpIdempotencyMigrations });
    await migrate(await dataSource.initialize(), testDatabase.url);
    database = new Database(dataSource);
    acts = new OperatorActs(database);
  });

  beforeEach(() => database.query({ name: 'test_empty', text: 'TRUNCATE operator_act' }));

  afterAll(async () => {
    await database?.onApplicationShutdown();
    await testDatabase?.drop();
  });

  const record = (...done: readonly NewAct[]) =>
    database.transaction(async (tx) => done.forEach((act) => recordAct(tx, act)));
  const skip = (key: string): NewAct => ({ act: 'sagas.skip', ...ada, subject: key, key });
  const subjects = async (...asked: Parameters<OperatorActs['list']>) =>
    (await acts.list(...asked)).map(({ subject }) => subject);

  it('are on record if the transaction that does them commits, and else not', async () => {
    const refused = database.transaction(async (tx) => {
      recordAct(tx, skip('refused'));
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    await record(skip('done'));
    expect(await acts.list({}, 10)).toEqual([
      { id: expect.any(String), at: expect.any(String), ...skip('done'), detail: {} },
    ]);
  });

  it('are one for all pages of a replay, also where pages commit at once', async () => {
    const page = (letters: number): NewAct => ({
      act: 'dead-letters.replay',
      ...ada,
      subject: 'run-1',
      detail: { letters },
    });
    await Promise.all([1, 2, 3, 4].map((letters) => record(page(letters))));
    expect(await acts.list({}, 10)).toMatchObject([{ subject: 'run-1', detail: { letters: 10 } }]);
  });

  it('are listed newest first, page by page, by what, who, about what and when', async () => {
    await record(skip('o-1'));
    await record({ act: 'dead-letters.edit', who: 'Bob', why: 'b', subject: '42', key: 'o-1' });
    await record({ act: 'dead-letters.discard', ...ada, detail: { letters: 7 } });
    expect(await subjects({}, 10)).toEqual([null, '42', 'o-1']);
    const [first] = await acts.list({}, 1);
    expect(await subjects({}, 10, first?.id)).toEqual(['42', 'o-1']);
    expect(await subjects({ act: 'dead-letters' }, 10)).toEqual([null, '42']);
    expect(await subjects({ act: 'dead-letters.edit', who: 'bob' }, 10)).toEqual(['42']);
    expect(await subjects({ about: 'o-1' }, 10)).toEqual(['42', 'o-1']);
    expect(await subjects({ about: '42' }, 10)).toEqual(['42']);
    expect(await subjects({ since: new Date(Date.now() + DAY_MS) }, 10)).toEqual([]);
  });

  it('lose their reason, and nothing else, with the person that they are about', async () => {
    await record(skip('o-1'), skip('o-2'));
    await database.transaction((tx) => eraseActs(tx, ['o-1', 'o-3']));
    const left = (await acts.list({}, 10)).map(({ key, who, why }) => `${key} ${who} ${why}`);
    expect(left.toSorted()).toEqual(['o-1 ada (erased)', 'o-2 ada a test']);
  });

  it.each([
    ['is longer than ids are', 'k'.repeat(201)],
    ["can't be kept as text", 'order-1\0'],
  ])('keep no key that %s', async (_, key) => {
    await record({ act: 'dead-letters.edit', ...ada, subject: '42', key });
    expect(await acts.list({}, 10)).toMatchObject([{ subject: '42', key: null }]);
  });

  it('are forgotten after their time', async () => {
    await record(skip('old'));
    await database.query({ name: 'test_age', text: `UPDATE operator_act SET at = at - interval '2 days'` });
    await record(skip('new'));
    expect(await new ActSweeper(database, DAY_MS).sweep()).toBe(1);
    expect(await subjects({}, 10)).toEqual(['new']);
  });
});
