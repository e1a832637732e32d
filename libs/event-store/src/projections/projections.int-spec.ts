import { openAccounts, accounts, paid } from '../testing/account-store.js';
import type { AccountEvent, Accounts } from '../testing/account-store.js';
import { balances, createBalanceTable, projectionsOf, readBalances, untilState } from '../testing/balances.js';
import type { Projection } from './projection.js';
import { Projections } from './projections.js';
import type { ProjectionsOptions } from './projections.js';

jest.setTimeout(120_000);

const never = new AbortController().signal;

describe('projections', () => {
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
  const pay = (id: string, version = 0) => all.database.transaction((tx) => all.append(tx, id, version, paid(5)));
  const seen = (id: string, version = 1) => ({ stream: accounts, id, version });

  it('shows an event to a reader who waits for it, at once, however rarely it looks', async () => {
    const projections = await start(balances, { pollIntervalMs: 3_600_000 });
    for (let version = 0; version < 5; version++) {
      await pay('a', version);
      expect(await projections.waitFor('balances', seen('a', version + 1), 60_000, never)).toBe('reached');
      expect(await readBalances(all.database)).toEqual([
        { id: 'a', total: String(5 * (version + 1)), events: version + 1 },
      ]);
    }
  });

  it('lets a reader wait at a process that does not own the projection, and no longer than it wants to', async () => {
    const owner = await start(balances, { leaseMs: 60_000 });
    await pay('a');
    await untilState(owner, ({ lagEvents }) => lagEvents === 0);
    const other = await start(balances, { leaseMs: 60_000 });
    await pay('b');
    expect(await other.waitFor('balances', seen('b'), 60_000, never)).toBe('reached');
    await owner.stop();
    await other.stop();
    await pay('c');
    expect(await other.waitFor('balances', seen('c'), 100, never)).toBe('behind');
    const gone = new AbortController();
    const waiting = other.waitFor('balances', seen('c'), 600_000, gone.signal);
    setTimeout(() => gone.abort(), 100);
    expect(await waiting).toBe('behind');
  });

  it.each(['stored_event', 'event_subscription'])(
    'lets a reader wait no longer than it wants to while %s is locked',
    async (table) => {
      const projections = await start();
      await pay('a');
      await all.database.transaction(async (tx) => {
        await tx.query({ name: '', text: `LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE` });
        expect(await projections.waitFor('balances', seen('a'), 100, never)).toBe('behind');
        const gone = new AbortController();
        const waiting = projections.waitFor('balances', seen('a'), 600_000, gone.signal);
        gone.abort();
        expect(await waiting).toBe('behind');
      });
      expect(await projections.waitFor('balances', seen('a'), 60_000, never)).toBe('reached');
    },
    20_000,
  );

  it('knows what there is no such event of, and what an inline projection shows anyway', async () => {
    const projections = await start({ ...balances, lifecycle: 'inline' });
    await pay('a');
    expect(await projections.waitFor('balances', seen('a'), 0, never)).toBe('reached');
    expect(await projections.waitFor('balances', seen('a', 2), 60_000, never)).toBe('unknown');
    expect(await projections.waitFor('balances', seen('b'), 60_000, never)).toBe('unknown');
    await expect(projections.waitFor('other', seen('a'), 0, never)).rejects.toMatchObject({
      code: 'PROJECTION_NOT_FOUND',
    });
  });

  it('says how far it is behind, and why it stands still, without values', async () => {
    const projections = await start({
      ...balances,
      project: async (_, tx) => {
        await tx.query({ name: '', text: `INSERT INTO balance VALUES ('secret', 1, 0)` });
      },
    });
    const lag = async () => (await projections.monitor.read()).map(({ metric, value }) => [metric, value]);
    expect(await lag()).toEqual([
      ['waybill_projection_lag_events', 0],
      ['waybill_projection_lag_seconds', 0],
    ]);
    await pay('a');
    await pay('b');
    const { failing, lagEvents, lagSeconds } = await untilState(
      projections,
      ({ failing }) => (failing?.failures ?? 0) > 1,
    );
    expect(failing?.reason).toContain('balance_events_check');
    expect(failing?.reason).not.toContain('secret');
    expect(lagEvents).toBe(2);
    expect(lagSeconds).toBeGreaterThan(0);
    expect(await lag()).toEqual([
      ['waybill_projection_lag_events', 2],
      ['waybill_projection_lag_seconds', expect.any(Number)],
    ]);
    await projections.stop();
    const mended = await start();
    expect(await untilState(mended, (state) => state.lagEvents === 0)).toMatchObject({
      failing: undefined,
      lagSeconds: 0,
    });
  });

  it.each([
    [{ name: 'Balances' }, 'small letters'],
    [{ tables: [] }, 'must have a table'],
    [{ tables: ['public.balance'] }, 'plain SQL identifier'],
    [{ version: 0 }, 'whole number'],
  ])('refuses a projection that is not well defined: %o', (wrong, message) => {
    expect(() => new Projections(all.database, [{ ...balances, ...wrong }])).toThrow(message);
    expect(() => new Projections(all.database, [balances, balances])).toThrow('same name');
  });
});
