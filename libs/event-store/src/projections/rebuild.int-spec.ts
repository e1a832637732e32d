import { setTimeout as sleep } from 'node:timers/promises';

import type { Transaction } from '@waybill/database';

import type { RecordedEvent } from '../event-log.js';
import { accounts, openAccounts, paid } from '../testing/account-store.js';
import type { AccountEvent, Accounts } from '../testing/account-store.js';
import {
  addToBalances,
  balances,
  createBalanceTable,
  projectionsOf,
  readBalances,
  untilState,
} from '../testing/balances.js';
import type { Projection, ProjectionState } from './projection.js';
import type { Projections, ProjectionsOptions } from './projections.js';

jest.setTimeout(120_000);

const never = new AbortController().signal;
const WHY = { by: 'ada', reason: 'test' };
const isDone = ({ rebuild }: ProjectionState) => rebuild?.status === 'DONE';
const hasFailed = ({ rebuild }: ProjectionState) => rebuild?.status === 'FAILED';
const isUpToDate = ({ lagEvents }: ProjectionState) => lagEvents === 0;
const inline: Projection<AccountEvent> = { ...balances, lifecycle: 'inline' };

describe('a rebuild of a projection', () => {
  let all: Accounts;
  let running: Projections[];

  beforeEach(async () => {
    all = await openAccounts();
    await createBalanceTable(all.database);
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((projections) => projections.stop()));
    await all.close();
  });

  async function start(projection: Projection<AccountEvent> = balances, options: ProjectionsOptions = {}) {
    const projections = projectionsOf(all.database, projection, options);
    running.push(projections);
    await projections.start();
    return projections;
  }
  const rebuild = (projections: Projections) =>
    all.database.transaction((tx) => projections.rebuild(tx, 'balances', WHY));
  const pay = (id: string, version: number) =>
    all.database.transaction((tx) => all.append(tx, id, version, paid(version + 1)));
  const payInline = (id: string, version: number) =>
    all.database.transaction(async (tx) => {
      await all.append(tx, id, version, paid(version + 1));
      const event = { id, event: paid(version + 1) } as RecordedEvent<AccountEvent>; // what the projection reads of it
      await addToBalances([event], tx);
    });
  async function fill(accountsPaid: number, payments = 3): Promise<void> {
    for (let id = 0; id < accountsPaid; id++) {
      const events = Array.from({ length: payments }, (_, version) => paid(version + 1));
      await all.database.transaction((tx) => all.append(tx, `a-${id}`, 0, ...events));
    }
  }
  const ask = <Row extends object>(text: string) => all.database.query<Row>({ name: '', text });
  const corrupt = () => ask('UPDATE balance SET total = -1');
  const described = () =>
    ask(`SELECT 'index' AS what, indexname AS name, indexdef AS text FROM pg_indexes WHERE tablename = 'balance'
      UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'balance'::regclass
      UNION ALL SELECT 'column', column_name, format('%s %s', data_type, is_nullable) FROM information_schema.columns WHERE table_name = 'balance'
      UNION ALL SELECT 'settings', '', reloptions::text FROM pg_class WHERE oid = 'balance'::regclass
      UNION ALL SELECT 'rights', '', relacl::text FROM pg_class WHERE oid = 'balance'::regclass
      ORDER BY 1, 2`);
  const leftovers = () => ask(`SELECT relname FROM pg_class WHERE relnamespace = 'projection_rebuild'::regnamespace`);

  it('replaces tables that were wrong, and leaves the new ones as the old ones were', async () => {
    await ask('GRANT SELECT ON balance TO PUBLIC');
    await fill(20);
    const projections = await start();
    await untilState(projections, isUpToDate);
    const right = await readBalances(all.database);
    const before = await described();
    await corrupt();
    expect(await rebuild(projections)).toBe(true);
    await untilState(projections, isDone);
    expect(await readBalances(all.database)).toEqual(right);
    expect(await described()).toEqual(before);
    expect(await leftovers()).toEqual([]);
    await pay('a-0', 3);
    await untilState(projections, isUpToDate);
    expect((await readBalances(all.database))[0]).toEqual({ id: 'a-0', total: '10', events: 4 });
  });

  /** Pays and reads all the while, on connections that keep their prepared statements. @returns how to end it */
  function underLoad(payOnce: (id: string, version: number) => Promise<unknown>) {
    const over = new AbortController();
    const errors: unknown[] = [];
    const paidTo = new Map<string, number>();
    const writer = async (n: number): Promise<void> => {
      for (let version = 0; !over.signal.aborted; version++) {
        await payOnce(`live-${n}`, version).then(
          () => paidTo.set(`live-${n}`, version + 1),
          (error: unknown) => errors.push(error),
        );
        await sleep(1);
      }
    };
    const reader = async (): Promise<void> => {
      while (!over.signal.aborted) {
        await readBalances(all.database).catch((error: unknown) => errors.push(error));
        await sleep(1);
      }
    };
    const work = Promise.all([...[0, 1, 2, 3].map(writer), reader(), reader()]);
    return async () => {
      over.abort();
      await work;
      return { errors, paidTo };
    };
  }

  it.each([
    ['async', balances, pay],
    ['inline', inline, payInline],
  ] as const)(
    'loses and doubles nothing that happens meanwhile, and disturbs nobody (%s)',
    async (_, projection, payOnce) => {
      if (projection.lifecycle === 'async') await fill(50);
      const projections = await start(projection, { maxBatch: 200 });
      const end = underLoad(payOnce);
      for (let round = 0; round < 5; round++) {
        await sleep(50);
        await rebuild(projections);
        await untilState(projections, isDone);
      }
      const { errors, paidTo } = await end();
      await untilState(projections, isUpToDate);
      expect(errors).toEqual([]);
      const live = (await readBalances(all.database)).filter(({ id }) => id.startsWith('live'));
      expect(live).toEqual(
        [...paidTo]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([id, events]) => ({ id, total: String((events * (events + 1)) / 2), events })),
      );
      expect(paidTo.size).toBe(4);
    },
  );

  it('may be ahead of the subscription that it takes the place of', async () => {
    const projections = await start(balances, { pollIntervalMs: 3_600_000 });
    await fill(5);
    await rebuild(projections);
    await untilState(projections, isDone);
    expect(await projections.waitFor('balances', { stream: accounts, id: 'a-4', version: 3 }, 0, never)).toBe(
      'reached',
    );
    await pay('a-0', 3);
    expect(await projections.waitFor('balances', { stream: accounts, id: 'a-0', version: 4 }, 60_000, never)).toBe(
      'reached',
    );
    expect((await readBalances(all.database)).map(({ events }) => events)).toEqual([4, 3, 3, 3, 3]);
  });

  it('is continued by another process where the first one died (F87)', async () => {
    await fill(30);
    let handled = 0;
    const dying: Projection<AccountEvent> = {
      ...inline,
      project: async (events, tx) => {
        handled += events.length;
        if (handled > 45) throw new Error('about to die');
        await addToBalances(events, tx);
      },
    };
    const first = await start(dying, { maxBatch: 10 });
    await rebuild(first);
    await untilState(first, ({ rebuild: { position } = {} as never }) => Number(position) >= 40);
    await first.stop(); // as if it had died: it has given its lease up a little sooner
    let continued = 0;
    const second = await start(
      { ...inline, project: (events, tx) => ((continued += events.length), addToBalances(events, tx)) },
      { maxBatch: 10 },
    );
    await untilState(second, isDone);
    expect(continued).toBe(90 - 40);
    expect(await readBalances(all.database)).toHaveLength(30);
    expect(new Set((await readBalances(all.database)).map(({ total }) => total))).toEqual(new Set(['6']));
  });

  it('runs once, however often and by how many it is asked for at a time (F87)', async () => {
    await fill(10);
    const [one, two] = [await start(inline), await start(inline)];
    const begun = await Promise.all([rebuild(one), rebuild(two), rebuild(one), rebuild(two)]);
    expect(begun.filter(Boolean)).toHaveLength(1);
    await untilState(one, isDone);
    expect(await readBalances(all.database)).toHaveLength(10);
  });

  it('fails where an event can not be applied, says why without its values, and leaves the tables in use (F87)', async () => {
    await fill(10);
    await ask(`INSERT INTO balance VALUES ('a-0', 42, 1)`);
    const broken: Projection<AccountEvent> = {
      ...inline,
      project: async (events, tx) => {
        await tx.query({ name: '', text: `INSERT INTO balance VALUES ('secret', 1, 0)` }); // breaks the CHECK
        await addToBalances(events, tx);
      },
    };
    const projections = await start(broken);
    await rebuild(projections);
    const { rebuild: failed } = await untilState(projections, hasFailed);
    expect(failed?.failure).toContain('balance_events_check');
    expect(failed?.failure).not.toContain('secret');
    expect(await readBalances(all.database)).toEqual([{ id: 'a-0', total: '42', events: 1 }]);
    expect(await leftovers()).toEqual([]);
    await projections.stop();
    const mended = await start(inline);
    expect(await rebuild(mended)).toBe(true);
    await untilState(mended, isDone);
    expect(await readBalances(all.database)).toHaveLength(10);
  });

  it('begins from zero with newer code, and older processes leave what it has built alone (F87)', async () => {
    await fill(20);
    const hundredfold = async (events: readonly RecordedEvent<AccountEvent>[], tx: Transaction): Promise<void> => {
      const more = events.map((one) => ({
        ...one,
        event: one.event.type === 'Paid' ? paid(one.event.data.amount * 100) : one.event,
      }));
      await addToBalances(more, tx);
    };
    const stuck: Projection<AccountEvent> = {
      ...balances,
      project: (events, tx) =>
        events.length < 20 ? addToBalances(events, tx) : Promise.reject(new RangeError('stuck')),
    };
    const old = await start(stuck, { maxBatch: 20 });
    await rebuild(old);
    const next = await start({ ...balances, version: 2, project: hundredfold });
    const state = await untilState(next, isDone);
    expect(state).toMatchObject({ builtVersion: 2, rebuild: { version: 2 } });
    expect(await readBalances(all.database)).toContainEqual({ id: 'a-3', total: '600', events: 3 });
    await next.stop();
    await pay('a-3', 3);
    await sleep(500); // twenty-five looks of the old process
    expect(await readBalances(all.database)).toContainEqual({ id: 'a-3', total: '600', events: 3 });
    await expect(rebuild(old)).rejects.toMatchObject({ code: 'REBUILD_REFUSED' });
    const again = await start({ ...balances, version: 2, project: hundredfold });
    await untilState(again, isUpToDate);
    expect(await readBalances(all.database)).toContainEqual({ id: 'a-3', total: '1000', events: 4 });
  });

  it('begins from zero where a deployment has altered the tables in use', async () => {
    await fill(10);
    let release: () => void = () => {};
    const isHeld = new Promise<void>((resolve) => (release = resolve));
    let isReached: () => void = () => {};
    const reached = new Promise<void>((resolve) => (isReached = resolve));
    const projections = await start({
      ...inline,
      project: async (events, tx) => {
        isReached();
        await isHeld;
        await addToBalances(events, tx);
      },
    });
    await rebuild(projections);
    const { rebuild: first } = await projections.find('balances');
    await reached;
    await ask('CREATE INDEX balance_events ON balance (events)');
    release();
    const { rebuild: last } = await untilState(projections, isDone);
    expect(last?.id).not.toBe(first?.id);
    expect(await described()).toContainEqual(expect.objectContaining({ name: 'balance_events' }));
    expect(await readBalances(all.database)).toHaveLength(10);
  });

  it.each([
    ['a view depends on it', 'CREATE VIEW rich AS SELECT id FROM balance WHERE total > 5'],
    [
      'it has triggers or foreign keys',
      'ALTER TABLE balance ADD FOREIGN KEY (id) REFERENCES event_subscription (name) NOT VALID',
    ],
    ['it has row security', 'ALTER TABLE balance ENABLE ROW LEVEL SECURITY'],
    ['it has a serial column', 'ALTER TABLE balance ADD COLUMN n serial'],
    ['There is no table', 'DROP TABLE balance'],
  ])('is refused where a copy would lose something: %s', async (reason, change) => {
    const projections = await start(inline);
    await ask(change);
    await expect(rebuild(projections)).rejects.toThrow(reason.replace('a view', 'a view or rule'));
    expect((await projections.find('balances')).rebuild).toBeUndefined();
  });

  it('waits for a long reader without making others wait for long, and is done once that has ended', async () => {
    await fill(5);
    const projections = await start(inline);
    let release: () => void = () => {};
    const isHeld = new Promise<void>((resolve) => (release = resolve));
    const reading = all.database.transaction(async (tx) => {
      await tx.query({ name: '', text: 'SELECT count(*) FROM balance' });
      await isHeld;
    });
    await rebuild(projections);
    await untilState(projections, ({ rebuild: { position, target } = {} as never }) => position === target);
    const paying = (async () => {
      for (let version = 0; version < 20; version++) await payInline('live-0', version);
    })();
    const isHeldUp = await Promise.race([paying.then(() => false), sleep(60_000, true, { ref: false })]);
    const { rebuild: meanwhile } = await projections.find('balances');
    release();
    await Promise.all([reading, paying]);
    expect({ isHeldUp, status: meanwhile?.status }).toEqual({ isHeldUp: false, status: 'RUNNING' });
    await untilState(projections, isDone);
    expect(await readBalances(all.database)).toContainEqual({ id: 'live-0', total: '210', events: 20 });
  });

  it('is cancelled, and leaves nothing', async () => {
    await fill(5);
    const projections = await start({ ...inline, project: async () => Promise.reject(new TypeError('not yet')) });
    await rebuild(projections);
    expect(await all.database.transaction((tx) => projections.cancelRebuild(tx, 'balances'))).toBe(true);
    expect(await all.database.transaction((tx) => projections.cancelRebuild(tx, 'balances'))).toBe(false);
    expect((await projections.find('balances')).rebuild).toMatchObject({ status: 'CANCELLED', requestedBy: 'ada' });
    expect(await leftovers()).toEqual([]);
    expect(await ask(`SELECT name FROM event_subscription WHERE name LIKE 'balances/%'`)).toEqual([]);
  });
});
