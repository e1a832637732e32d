import { dead, failed, message, startService, until } from './testing/service.js';
import type { Service } from './testing/service.js';

const operator = { who: 'ada', why: 'the gateway is back' };
jest.setTimeout(60_000); // conditions are awaited, and say in vain for what after 20 s
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
    const { store, held, letters, inbox, runner } = service.replica();
    await service.fail(store, failed(message('a1', 'a'), dead));
    held.onApplicationBootstrap();
    expect(await letters.replay(await seqs(), operator)).toBe(1);
    await until('it has run', async () => (await service.states())[0] === 'a1 handled');
    expect(inbox.outcomes.get('payment a1')).toBe('handled');
    expect(await letters.replay(await seqs(), operator)).toBe(0);
    await held.beforeApplicationShutdown();
    expect([await service.effects(), runner.attempts]).toEqual([['a1'], [{ id: 'a1', attempt: 4 }]]);
    expect(await audit()).toEqual([{ action: 'replay', ...operator }]);
  });

  it('F16 a replay runs what waits behind the letter in order, then the key flows again', async () => {
    const { store, held, letters } = service.replica();
    await service.fail(store, failed(message('a1', 'a'), dead));
    await service.consume(store, [message('a2', 'a'), message('a3', 'a')]);
    held.onApplicationBootstrap();
    await letters.replay(
      (await letters.list()).map(({ seq }) => seq),
      operator,
    );
    await until('the key is unparked', async () => !(await service.isParked(store, 'a')));
    await service.consume(store, [message('a4', 'a')]);
    expect(await service.effects()).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  it('F19 two replays of a letter at once, by two replicas: one runs, one is audited', async () => {
    const [one, two] = [service.replica(), service.replica()];
    const ids = Array.from({ length: 10 }, (_, index) => `m${index}`);
    await service.fail(one.store, ...ids.map((id) => failed(message(id, id), dead)));
    for (const { held } of [one, two]) held.onApplicationBootstrap();
    const all = await seqs();
    const replayed = await Promise.all([one, two, one, two].map(({ letters }) => letters.replay(all, operator)));
    expect(replayed.reduce((sum, each) => sum + each)).toBe(10);
    await until('all have run', async () => (await service.states()).every((state) => state.endsWith('handled')));
    expect((await service.effects()).toSorted()).toEqual(ids);
    expect(await audit()).toHaveLength(10);
  });

  it('F20 50 replays: nothing grows; first origin, first and last error are kept', async () => {
    const { store, held, letters, runner, sink } = service.replica();
    runner.handle = () => {
      throw new Error(`error of attempt ${runner.attempts.at(-1)?.attempt}`);
    };
    await service.fail(store, failed(message('a1', 'a'), dead, new Error('first')));
    const [first] = await service.rows();
    held.onApplicationBootstrap();
    for (let replay = 1; replay <= 50; replay += 1) {
      await letters.replay(await seqs(), operator);
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

  it('F19 a discard gives a letter up once, audited; its key goes on without it', async () => {
    const { store, held, letters, inbox } = service.replica();
    await service.fail(store, failed(message('a1', 'a'), dead));
    await service.consume(store, [message('a2', 'a')]);
    held.onApplicationBootstrap();
    const [letter = ''] = await seqs();
    const discarded = await Promise.all([letters.discard([letter], operator), letters.discard([letter], operator)]);
    expect(discarded.toSorted()).toEqual([0, 1]);
    expect(await letters.replay([letter], operator)).toBe(0);
    await until('the key is unparked', async () => !(await service.isParked(store, 'a')));
    await service.consume(store, [message('a3', 'a')]);
    expect(await service.effects()).toEqual(['a2', 'a3']);
    expect(inbox.outcomes.get('payment a1')).toBe('discarded');
    expect(await audit()).toEqual([{ action: 'discard', ...operator }]);
  });

  it('touches no letter of another group, and nothing that is not dead', async () => {
    const { store, letters } = service.replica();
    await service.fail(
      store,
      failed(message('a1', 'a'), dead),
      failed({ ...message('b1', 'b'), group: 'other' }, dead),
    );
    await service.consume(store, [message('a2', 'a')]);
    expect(await letters.discard(await seqs(), operator)).toBe(1);
    expect(await letters.replay(await seqs(), operator)).toBe(0);
    expect(await service.states()).toEqual(['a1 discarded', 'b1 dead', 'a2 parked']);
  });

  it('lists newest first by filter, and groups by fingerprint with the newest error', async () => {
    const { store, letters } = service.replica();
    const broken = (text: string) => Object.assign(new TypeError(text), { stack: `TypeError: ${text}` });
    await service.fail(store, failed(message('a1', 'a'), dead, broken('one')));
    await service.fail(store, failed(message('b1', 'b'), dead, broken('two')));
    await service.fail(store, failed(message('c1', 'c'), dead, 'not an error'));
    const ids = async (filter: Parameters<typeof letters.list>[0]) =>
      (await letters.list(filter)).map((row) => row.message_id);
    expect(await ids({})).toEqual(['c1', 'b1', 'a1']);
    expect(await ids({ fingerprint: 'TypeError' })).toEqual(['b1', 'a1']);
    expect(await ids({ key: Buffer.from('a') })).toEqual(['a1']);
    expect(await ids({ type: 'other.v1' })).toEqual([]);
    const [, before] = await seqs();
    expect(await ids(before === undefined ? {} : { before, limit: 1 })).toEqual(['a1']);
    expect(await letters.groups()).toMatchObject([
      { fingerprint: 'TypeError', letters: 2, last_error: 'TypeError: two' },
      { fingerprint: 'not an Error', letters: 1 },
    ]);
  });
});
