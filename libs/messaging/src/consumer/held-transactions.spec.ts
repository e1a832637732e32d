import type { HeldMessage, HeldRunResult } from '../ports.js';
import { EngineSetup, notes } from '../testing/engine-setup.js';
import type { Invoke } from '../testing/engine-setup.js';
import type { InMemoryTransaction } from '../testing/in-memory-unit-of-work.js';
import { TransientError } from '../testing/in-memory-unit-of-work.js';
import { noteRecord } from '../testing/test-contract.js';

const ATTEMPT = 4;

describe('held messages that are run at the same time', () => {
  let setup: EngineSetup;
  /** By key: how often its handler was called, and whether it has been dealt with. */
  let calls: Map<string, number>;
  let done: Set<string>;
  beforeEach(() => {
    setup = new EngineSetup();
    calls = new Map();
    done = new Set();
  });
  afterEach(() => setup.stop());

  const takeOrFail: Invoke = (messages, context) => {
    for (const { key } of messages) calls.set(key ?? '', (calls.get(key ?? '') ?? 0) + 1);
    const bad = messages.find(({ data }) => data.text === 'bad');
    if (bad) throw new Error(`poison: ${bad.key}`);
    setup.take(messages, context);
  };

  /** Of one key each. */
  const texts = (count: number, bad: readonly number[] = []) =>
    Array.from({ length: count }, (_, index) => (bad.includes(index) ? 'bad' : 'x'));

  async function run(kind: 'single' | 'batch', all: readonly string[]): Promise<readonly HeldRunResult[]> {
    await setup.start(kind, takeOrFail);
    Object.assign(setup.unitOfWork, { commits: 0, rollbacks: 0 });
    const { held } = setup;
    if (!held) throw new Error('Not started');
    return Promise.all(
      all.map((text, index) => {
        const key = `k${index}`;
        const record = { ...noteRecord(notes, key, text), partition: 0, position: String(index), timestampMs: 0 };
        const message: HeldMessage = {
          group: 'g',
          identity: { source: '/test', id: key },
          record,
          handler: 'Notes.take',
          type: notes.type,
        };
        const claim = async (tx: InMemoryTransaction): Promise<boolean> => {
          tx.onCommit(() => done.add(key));
          return !done.has(key);
        };
        return held.run(message, { attempt: ATTEMPT, claim });
      }),
    );
  }

  const kinds = (results: readonly HeldRunResult[]) => results.map(({ kind }) => kind);
  const transactions = () => [setup.unitOfWork.commits, setup.unitOfWork.rollbacks];

  it.each(['single', 'batch'] as const)('share transactions of 50 messages at most (%s)', async (kind) => {
    expect(new Set(kinds(await run(kind, texts(120))))).toEqual(new Set(['handled']));
    expect([setup.handled.length, done.size, transactions()]).toEqual([120, 120, [3, 0]]);
  });

  it('are rolled back with one that fails, and handled without it; only its own attempt counts', async () => {
    const results = await run('single', texts(20, [12]));
    expect(results[12]).toMatchObject({
      kind: 'failed',
      error: { message: 'poison: k12' },
      attempts: ATTEMPT,
      decision: { kind: 'dead-letter' },
    });
    expect(kinds(results).filter((kind) => kind === 'handled')).toHaveLength(19);
    expect([new Set(setup.handled).size, setup.handled.length, done.has('k12')]).toEqual([19, 19, false]);
    expect([calls.get('k12'), transactions()]).toEqual([1, [2, 1]]);
  });

  it('cost no more than each by itself where all of them fail', async () => {
    const results = await run('single', texts(20, [...Array(20).keys()]));
    expect(results.map((result) => result.kind === 'failed' && (result.error as Error).message)).toEqual(
      results.map((_, index) => `poison: k${index}`),
    );
    expect([[...calls.values()], transactions()]).toEqual([results.map(() => 1), [0, 20]]);
  });

  it('are tried one by one where nobody knows which of them has failed', async () => {
    const results = await run('batch', texts(10, [3, 7]));
    expect(kinds(results)).toEqual(texts(10, [3, 7]).map((text) => (text === 'bad' ? 'failed' : 'handled')));
    expect(results[3]).toMatchObject({ error: { message: 'poison: k3' }, attempts: ATTEMPT });
    expect(setup.handled.toSorted()).toEqual([0, 1, 2, 4, 5, 6, 8, 9].map((index) => `k${index}x`));
  });

  it('are handled without those that somebody else has dealt with', async () => {
    done.add('k2').add('k5');
    const results = await run('single', texts(8));
    expect(kinds(results)).toEqual(results.map((_, index) => ([2, 5].includes(index) ? 'not-claimed' : 'handled')));
    expect([setup.handled.length, calls.has('k2')]).toEqual([6, false]);
  });

  it.each([
    ['was lost', false, 'handled'],
    ['took effect although it failed', true, 'not-claimed'],
  ] as const)('take effect once where their commit %s', async (_, applied, expected) => {
    setup.unitOfWork.failNextCommit(new TransientError('the connection is lost'), applied);
    expect(new Set(kinds(await run('single', texts(5))))).toEqual(new Set([expected]));
    expect(setup.handled.toSorted()).toEqual(texts(5).map((text, index) => `k${index}${text}`));
  });
});
