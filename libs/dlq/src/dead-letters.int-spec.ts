import { randomUUID } from 'node:crypto';

import type { Statement } from '@waybill/database';

import { filterParameters } from './letter-filter.js';
import type { LetterFilter } from './letter-filter.js';
import { countLetters } from './sql/count-letters.js';
import { groupLetters } from './sql/group-letters.js';
import { listLetters } from './sql/list-letters.js';
import { replayLetters } from './sql/replay-letters.js';
import { dead, failed, message, startService, until } from './testing/service.js';
import type { Service } from './testing/service.js';

const operator = { who: 'ada', why: 'the gateway is back' };
jest.setTimeout(60_000); // conditions are awaited; one that does not come true says so after 20 s
let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterEach(() => service.reset());
afterAll(() => service.stop());

const seqs = async () => (await service.rows()).map(({ seq }) => seq);
const audit = () => service.execute('audit', 'SELECT action, who, why FROM dead_letter_action ORDER BY id');

describe('dead letters on PostgreSQL', () => {
  it('F13 a replay runs the handler, although the message is known; a second replay of the letter does not', async () => {
    const { store, held, replays, inbox, runner } = service.replica();
    await service.fail(store, failed(message('a1', 'a'), dead));
    held.onApplicationBootstrap();
    const ids = await seqs();
    const first = await replays.replay({ ids }, operator, { limit: 10, waitMs: 20_000 });
    expect(first).toMatchObject({ taken: 1, replayed: 1, skipped: 0, failed: 0, pending: 0, remaining: 0 });
    expect(await service.states()).toEqual(['a1 handled']);
    expect(inbox.outcomes.get('payment a1')).toBe('handled');
    expect(await replays.replay({ ids }, operator, { limit: 10 })).toMatchObject({ taken: 0, skipped: 1, replayed: 0 });
    await held.beforeApplicationShutdown();
    expect([await service.effects(), runner.attempts]).toEqual([['a1'], [{ id: 'a1', attempt: 4 }]]);
    expect(await audit()).toEqual([{ action: 'replay', ...operator }]);
  });

  it('F16 a replay runs what waits behind the letter in order, then the key flows again', async () => {
    const { store, held, replays } = service.replica();
    await service.fail(store, failed(message('a1', 'a'), dead));
    await service.consume(store, [message('a2', 'a'), message('a3', 'a')]);
    held.onApplicationBootstrap();
    await replays.replay({}, operator, { limit: 10 });
    await until('the key is unparked', async () => !(await service.isParked(store, 'a')));
    await service.consume(store, [message('a4', 'a')]);
    expect(await service.effects()).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  it('F19 two replays of a letter at once, by two replicas: one runs, one is audited', async () => {
    const [one, two] = [service.replica(), service.replica()];
    const ids = Array.from({ length: 10 }, (_, index) => `m${index}`);
    await service.fail(one.store, ...ids.map((id) => failed(message(id, id), dead)));
    for (const { held } of [one, two]) held.onApplicationBootstrap();
    const click = { limit: 100, run: '01900000-0000-7000-8000-000000000001' };
    const reports = await Promise.all([one, two, one, two].map(({ replays }) => replays.replay({}, operator, click)));
    expect(reports.reduce((sum, { taken }) => sum + taken, 0)).toBe(10);
    await until('all have run', async () => (await service.states()).every((state) => state.endsWith('handled')));
    expect((await service.effects()).toSorted()).toEqual(ids);
    expect(await audit()).toHaveLength(10);
  });

  it('F20 50 replays: nothing grows; first origin, first and last error are kept', async () => {
    const { store, held, replays, runner, sink } = service.replica();
    runner.handle = () => {
      throw new Error(`error of attempt ${runner.attempts.at(-1)?.attempt}`);
    };
    await service.fail(store, failed(message('a1', 'a'), dead, new Error('first')));
    const [first] = await service.rows();
    held.onApplicationBootstrap();
    for (let replay = 1; replay <= 50; replay += 1) {
      await replays.replay({}, operator, { limit: 1 });
      await until('it is dead again', async () => (await service.rows())[0]?.attempts === 3 + replay);
    }
    const [row] = await service.rows();
    const { headers, value, position, topic, partition, timestamp_ms, first_error } = first ?? {};
    expect(row).toMatchObject({ headers, value, position, topic, partition, timestamp_ms, first_error, state: 'dead' });
    expect(row?.last_error).toContain('error of attempt 53');
    await until('all are mirrored', () => sink.published.length === 51);
    const sizes = sink.published.map(({ data }) => JSON.stringify(data).length);
    expect(Math.max(...sizes)).toBeLessThan((sizes[0] ?? 0) + 2_000);
    expect(sizes.at(-1)).toBeLessThanOrEqual((sizes[1] ?? 0) + 10);
  });

  it('F19 a discard gives a letter up once, audited; its key continues without it', async () => {
    const { store, held, replays, discards, inbox } = service.replica();
    await service.fail(store, failed(message('a1', 'a'), dead));
    await service.consume(store, [message('a2', 'a')]);
    held.onApplicationBootstrap();
    const clicks = await Promise.all([discards.discard({}, operator, 10), discards.discard({}, operator, 10)]);
    expect(clicks.map(({ discarded }) => discarded).toSorted((a, b) => a - b)).toEqual([0, 1]);
    expect(await replays.replay({ ids: await seqs() }, operator, { limit: 10 })).toMatchObject({ taken: 0 });
    await until('the key is unparked', async () => !(await service.isParked(store, 'a')));
    await service.consume(store, [message('a3', 'a')]);
    expect(await service.effects()).toEqual(['a2', 'a3']);
    expect(inbox.outcomes.get('payment a1')).toBe('discarded');
    expect(await audit()).toEqual([{ action: 'discard', ...operator }]);
  });

  it('touches no letter of another group, and nothing that is not dead', async () => {
    const { store, replays, discards } = service.replica();
    await service.fail(
      store,
      failed(message('a1', 'a'), dead),
      failed({ ...message('b1', 'b'), group: 'other' }, dead),
    );
    await service.consume(store, [message('a2', 'a')]);
    const ids = await seqs();
    expect(await discards.discard({ ids }, operator, 10)).toEqual({ discarded: 1, remaining: 0 });
    expect(await replays.replay({ ids }, operator, { limit: 10 })).toMatchObject({ taken: 0, remaining: 0 });
    expect(await service.states()).toEqual(['a1 discarded', 'b1 dead', 'a2 parked']);
  });

  it('lists newest first by filter, and groups by fingerprint with the newest error', async () => {
    const { store, letters } = service.replica();
    const broken = (text: string) => Object.assign(new TypeError(text), { stack: `TypeError: ${text}` });
    await service.fail(store, failed(message('a1', 'a'), dead, broken('one')));
    await service.fail(store, failed(message('b1', 'b'), dead, broken('two')));
    await service.fail(store, failed(message('c1', 'c'), dead, 'not an error'));
    const ids = async (filter: LetterFilter, before?: string) => {
      const listed = await letters.list(filter, { limit: 10, ...(before === undefined ? {} : { before }) });
      return listed.map(({ key }) => key);
    };
    const [first, , third] = await service.rows();
    expect(await ids({})).toEqual(['c', 'b', 'a']);
    expect(await ids({}, third?.seq)).toEqual(['b', 'a']);
    expect(await ids({ fingerprint: 'TypeError' })).toEqual(['b', 'a']);
    expect(await ids({ key: Buffer.from('a') })).toEqual(['a']);
    expect(await ids({ type: 'other.v1' })).toEqual([]);
    expect(await ids({ error: 'typeerror: TWO' })).toEqual(['b']);
    expect(await ids({ error: '%' })).toEqual([]);
    expect(await ids({ handler: 'PaymentController.process', topic: 'payment.commands' })).toHaveLength(3);
    expect(await ids({ handler: 'Other.method' })).toEqual([]);
    expect(await ids({ topic: 'other' })).toEqual([]);
    expect(await ids({ ids: first ? [first.seq] : [] })).toEqual(['a']);
    expect(await ids(third ? { since: third.updated_at } : {})).toEqual(['c']);
    expect(await ids(third ? { until: third.updated_at } : {})).toEqual(['b', 'a']);
    expect(await ids({ group: 'payment' })).toHaveLength(3);
    expect(await ids({ group: 'order' })).toEqual([]);
    expect(await ids({ state: 'handled' })).toEqual([]);
    await service.consume(store, [message('a2', 'a')]);
    expect(await ids({ state: 'parked' })).toEqual(['a']);
    expect(await ids({ state: 'any' })).toEqual(['a', 'c', 'b', 'a']);
    expect(await letters.count({ state: 'any' })).toEqual({ count: 4, keys: 3 });
    expect(await letters.groups({})).toMatchObject([
      { fingerprint: 'TypeError', letters: 2, keys: 2, lastError: 'TypeError: two', type: 'payment.process.v1' },
      { fingerprint: 'not an Error', letters: 1, keys: 1 },
    ]);
    // Read in another way where something is asked for; what both say is the same.
    expect(await letters.groups({ state: 'dead' })).toEqual(await letters.groups({}));
  });

  it('says when a group began, and how many died in each hour of the last day', async () => {
    const { store, letters } = service.replica();
    const error = Object.assign(new TypeError('x'), { stack: 'TypeError: x' });
    const broken = () => failed(message(randomUUID(), randomUUID()), dead, error);
    await service.fail(store, broken(), broken(), broken(), broken());
    await service.execute(
      'age',
      `UPDATE held_message h SET held_at = now() - a.hours * interval '1 hour', updated_at = now() - a.hours * interval '1 hour'
       FROM (SELECT seq, (ARRAY[0.1, 1.5, 1.6, 30])[row_number() OVER (ORDER BY seq)] AS hours FROM held_message) a WHERE a.seq = h.seq`,
    );
    for (const filter of [{}, { state: 'dead' }] as const) {
      const [group] = await letters.groups(filter);
      expect(group?.trend).toEqual([...Array.from({ length: 22 }, () => 0), 2, 1]);
      const hoursAgo = (Date.now() - Date.parse(group?.firstAt ?? '')) / 3_600_000;
      expect(hoursAgo).toBeGreaterThan(29.9);
      expect(hoursAgo).toBeLessThan(30.2);
    }
  });

  it('finds letters by index among 20,000 that have ended', async () => {
    const { store } = service.replica();
    await service.fail(store, failed(message('a1', 'a'), dead));
    await service.execute(
      'many',
      `INSERT INTO held_message (consumer_group, source, message_id, topic, partition, position, timestamp_ms, key, headers,
         state, attempts, service_version)
       SELECT 'payment', '', 'x' || n, 'payment.commands', 0, n::text, 0, ('k' || n)::bytea, '', 'handled', 1, '1'
       FROM generate_series(1, 20000) n`,
    );
    await service.execute('analyze', 'ANALYZE held_message');
    const plan = async (statement: Statement, filter: LetterFilter, ...more: readonly unknown[]) => {
      const explain = { name: statement.name, text: `EXPLAIN ${statement.text}` };
      const values = [...filterParameters('payment', filter), ...more];
      return JSON.stringify(await service.database.query(explain, values));
    };
    const run = '01900000-0000-7000-8000-000000000001';
    const plans = [
      await plan(listLetters, {}, null, 50),
      await plan(listLetters, { key: 'k7', state: 'any' }, null, 50),
      await plan(countLetters, {}),
      await plan(groupLetters, {}),
      await plan(replayLetters, {}, run, 10, true, 'ada', 'why'),
    ];
    for (const text of plans) expect(text).not.toMatch(/Seq Scan on held_message/);
  });
});
