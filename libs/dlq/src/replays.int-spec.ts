import { randomUUID } from 'node:crypto';

import { dead, failed, later, message, startService, until } from './testing/service.js';
import type { Service } from './testing/service.js';

const operator = { who: 'ada', why: 'the gateway is back' };
jest.setTimeout(60_000); // conditions are awaited; one that does not come true says so after 20 s
let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterEach(() => service.reset());
afterAll(() => service.stop());

const letters = (count: number) =>
  Array.from({ length: count }, (_, index) => failed(message(`m${index}`, `k${index}`), dead));

const FILL = `
  INSERT INTO held_message (consumer_group, source, message_id, type, handler, topic, partition, position, timestamp_ms, key,
    headers, state, attempts, reason, last_error, fingerprint, service_version, held_at, updated_at)
  SELECT 'payment', '/s', n::text, 'a.v1', 'h', 'payment.commands', 0, n::text, 0, convert_to('k' || n, 'UTF8'), '[]', 'dead', 1,
    'HANDLER_FAILED', 'Error: ' || n, 'f', '1', now(), now()
  FROM generate_series(1, 3000) AS n`;
/** Rows of letters that this transaction has read. */
const rowsRead = {
  name: 'test_rows_read',
  text: `SELECT (idx_tup_fetch + seq_tup_read)::int AS read FROM pg_stat_xact_user_tables WHERE relname = 'held_message'`,
};

describe('replay runs on PostgreSQL', () => {
  it('a run that is asked for again and again tries each letter once, ends, and its counts add up', async () => {
    const { store, held, replays, runner } = service.replica();
    runner.handle = ({ identity }) => {
      if (identity.id.endsWith('3')) throw new Error('still broken');
    };
    await service.fail(store, ...letters(25));
    held.onApplicationBootstrap();
    const run = randomUUID();
    const reports = [];
    do reports.push(await replays.replay({}, operator, { limit: 10, run, waitMs: 20_000 }));
    while (reports.at(-1)?.taken !== 0);
    expect(reports.map(({ taken }) => taken)).toEqual([10, 10, 5, 0]);
    expect(reports.map(({ remaining }) => remaining)).toEqual([15, 5, 0, 0]);
    expect(await replays.run(run)).toMatchObject({ ...operator, replayed: 22, failed: 3, skipped: 0, pending: 0 });
    expect(runner.attempts).toHaveLength(25);
    expect(reports[0]?.failures).toMatchObject([{ error: 'Error: still broken' }]);
  });

  it('is listed with what it was asked for, and with what became of each letter, so that anybody can continue it', async () => {
    const { store, held, replays, runs, runner } = service.replica();
    runner.handle = ({ identity }) => {
      if (identity.id === 'm1') throw new Error('still broken');
    };
    await service.fail(store, ...letters(4));
    held.onApplicationBootstrap();
    const [earlier, run] = [randomUUID(), randomUUID()];
    await replays.replay({ key: 'nobody' }, operator, { limit: 1, run: earlier });
    const filter = { type: 'payment.process.v1', until: new Date('2100-01-01') };
    await replays.replay(filter, operator, { limit: 3, run, waitMs: 20_000 });
    expect(await runs.list(10)).toMatchObject([
      {
        run,
        ...operator,
        filter: { type: 'payment.process.v1', until: '2100-01-01T00:00:00.000Z' },
        replayed: 2,
        failed: 1,
      },
      { run: earlier, filter: { key: 'nobody' }, replayed: 0, failed: 0, pending: 0 },
    ]);
    const [first] = await runs.list(1);
    expect(first?.run).toBe(run);
    const page = await runs.letters(run, { limit: 2 });
    expect(page).toMatchObject([
      { key: 'k0', outcome: 'replayed', error: null, endedAt: expect.any(String) },
      { key: 'k1', outcome: 'failed', error: 'Error: still broken' },
    ]);
    expect(await runs.letters(run, { limit: 2, after: page[1]?.id ?? '' })).toMatchObject([{ key: 'k2' }]);
    expect(await runs.letters(run, { limit: 9, outcome: 'failed' })).toMatchObject([{ key: 'k1' }]);
    expect(await runs.letters(run, { limit: 9, outcome: 'pending' })).toEqual([]);
  });

  it('takes the oldest first, and of a key only the letter that can run', async () => {
    const { store, replays } = service.replica();
    await service.fail(store, failed(message('a1', 'a'), dead), failed(message('b1', 'b'), dead));
    await service.fail(store, failed(message('a2', 'a'), dead)); // as a group that once let order go leaves them
    const run = randomUUID();
    expect(await replays.replay({}, operator, { limit: 1, run })).toMatchObject({ taken: 1, remaining: 2 });
    expect(await service.states()).toEqual(['a1 retrying', 'b1 dead', 'a2 dead']);
    expect(await replays.replay({}, operator, { limit: 10, run })).toMatchObject({ taken: 1, remaining: 1 });
    expect(await service.states()).toEqual(['a1 retrying', 'b1 retrying', 'a2 dead']);
  });

  it('counts as skipped what was asked for by id and is not dead, once a call, and never what this run has tried', async () => {
    const { store, held, replays, runner } = service.replica();
    runner.handle = () => {
      throw new Error('still broken');
    };
    await service.fail(store, failed(message('a1', 'a'), dead), failed(message('b1', 'b'), later(60_000)));
    held.onApplicationBootstrap();
    const ids = [...(await service.rows()).map(({ seq }) => seq), '999'];
    const ask = { limit: 10, run: randomUUID(), waitMs: 20_000 };
    expect(await replays.replay({ ids }, operator, ask)).toMatchObject({ taken: 1, failed: 1, skipped: 2 });
    expect(await replays.replay({ ids }, operator, ask)).toMatchObject({ taken: 0, failed: 0, skipped: 2 });
  });

  it.each(['replay', 'discard'] as const)(
    'reads little more than the page of 3,000 letters that it takes (%s)',
    async (action) => {
      const { replays, discards } = service.replica();
      await service.execute('fill', FILL);
      const rows = await service.database.transaction(async (tx) => {
        if (action === 'replay') await replays.takeIn(tx, {}, operator, { limit: 10 });
        else await discards.discardIn(tx, {}, operator, 10);
        return tx.query<{ read: number }>(rowsRead);
      });
      expect(rows[0]?.read).toBeLessThan(action === 'replay' ? 200 : 3_200); // a discard counts what is left
    },
  );

  it('continues after a process that died in mid-run, and repeats nothing', async () => {
    const [first, second] = [service.replica(), service.replica()];
    await service.fail(first.store, ...letters(6));
    const run = randomUUID();
    await first.replays.replay({}, operator, { limit: 4, run }); // made due; nobody has run them yet
    second.held.onApplicationBootstrap();
    const report = await second.replays.replay({}, operator, { limit: 100, run, waitMs: 20_000 });
    expect(report).toMatchObject({ taken: 2, replayed: 2, remaining: 0 });
    await until('the others have run', async () => (await second.replays.run(run)).pending === 0);
    expect(await second.replays.run(run)).toMatchObject({ replayed: 6, failed: 0 });
    expect(await service.effects()).toHaveLength(6);
  });

  it('F19 the same call ten times at once, in one run and in many, takes each letter once', async () => {
    const replicas = [service.replica(), service.replica()];
    await service.fail(replicas[0]?.store ?? service.replica().store, ...letters(40));
    const run = randomUUID();
    const clicks = Array.from({ length: 10 }, (_, index) =>
      (replicas[index % 2] ?? service.replica()).replays.replay({}, operator, {
        limit: 7,
        ...(index < 5 ? { run } : {}),
      }),
    );
    const taken = (await Promise.all(clicks)).map((report) => report.taken);
    const audited = await service.execute('audited', 'SELECT DISTINCT held_seq FROM dead_letter_action');
    expect(taken.reduce((sum, each) => sum + each)).toBe(audited.length);
    expect((await service.states()).filter((state) => state.endsWith('retrying'))).toHaveLength(audited.length);
  });

  it('says what is still under way when the wait is over, and keeps it in the run', async () => {
    const { store, held, replays, runner } = service.replica();
    let letGo = (): void => {};
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    runner.handle = () => gate;
    await service.fail(store, ...letters(2));
    held.onApplicationBootstrap();
    const report = await replays.replay({}, operator, { limit: 10, waitMs: 100 });
    expect(report).toMatchObject({ taken: 2, replayed: 0, pending: 2 });
    letGo();
    await until('both have ended', async () => (await replays.run(report.run)).pending === 0);
    expect(await replays.run(report.run)).toMatchObject({ replayed: 2 });
  });

  it('a discard of what waits for its attempt skips its replay; one under way is left alone', async () => {
    const { store, replays, discards } = service.replica();
    await service.fail(store, ...letters(2));
    const { run } = await replays.replay({}, operator, { limit: 10 });
    await service.execute(
      'claim',
      `UPDATE held_message SET claimed_until = now() + interval '1 hour' WHERE key = 'k0'`,
    );
    expect(await discards.discard({ state: 'retrying' }, operator, 10)).toEqual({ discarded: 1, remaining: 1 });
    expect(await service.states()).toEqual(['m0 retrying', 'm1 discarded']);
    expect(await replays.run(run)).toMatchObject({ skipped: 1, pending: 1 });
  });

  it('previews what would run, oldest first, and what would follow; changes nothing', async () => {
    const { store, replays } = service.replica();
    await service.fail(store, failed(message('a1', 'a'), dead), failed(message('n1', null), dead));
    await service.consume(store, [message('a2', 'a'), message('a3', 'a')]);
    await service.fail(store, failed(message('b1', 'b'), later(60_000)));
    await service.fail(store, failed(message('b2', 'b'), dead));
    const preview = await replays.preview({}, 10);
    expect(preview).toMatchObject({ count: 3, keys: 3 });
    expect(preview.items.map(({ key, reason, behind }) => [key, reason, behind])).toEqual([
      ['a', 'NO_HANDLER', 2],
      [null, 'NO_HANDLER', 0],
      ['b', 'BEHIND_ANOTHER', 0],
    ]);
    expect((await replays.preview({}, 1)).items).toHaveLength(1);
    expect(await service.execute('untouched', 'SELECT 1 FROM dead_letter_action')).toEqual([]);
    expect((await service.states()).filter((state) => state.endsWith('dead'))).toHaveLength(3);
  });
});
