import type { HeldRunResult } from '../../../ports.js';
import { EngineSetup } from '../../../testing/engine-setup.js';
import { eventually } from '../../../testing/eventually.js';

describe('a handler whose dependency is down', () => {
  let setup: EngineSetup;
  let isDown: boolean;
  let calls: number;
  beforeEach(() => {
    setup = new EngineSetup();
    isDown = true;
    calls = 0;
  });
  afterEach(async () => setup.stop());

  const callOrFail = async (text: string): Promise<string> => {
    calls += 1;
    if (isDown || text === 'poison') throw new Error('the gateway is down');
    return 'called';
  };
  const startCalling = (retry = {}) =>
    setup.start('outside-call', (messages) => setup.plan(messages, ({ data }) => callOrFail(data.text)), {
      callLimit: true,
      retry,
    });
  const texts = (count: number) => Array.from({ length: count }, (_, n) => [`k${n}`, 'x'] as const);
  const decisions = () => new Set(setup.failures.failed.map(({ decision }) => decision.kind));

  /** Runs everything that the store holds once, as if it were due. */
  async function runHeld(): Promise<readonly HeldRunResult[]> {
    const { held, failures } = setup;
    if (!held) throw new Error('Not started');
    const messages = [...failures.failed, ...failures.parked];
    return Promise.all(messages.map((message) => held.run(message, { attempt: 1, claim: async () => true })));
  }

  it('F62: no lane waits: its messages are postponed, uncounted, and those of other handlers flow', async () => {
    const engine = await startCalling({ immediateAttempts: 1, delayedAttempts: 0 });
    await setup.publish(...texts(300));
    await setup.acknowledged(300);
    expect(engine.health()).toEqual({ healthy: true, detail: expect.stringContaining('Notes.take') as string });
    const dead = setup.failures.failed.filter(({ decision }) => decision.kind === 'dead-letter');
    expect(dead.length).toBeLessThanOrEqual(4); // fewer distinct keys than make an outage
    const postponed = setup.failures.failed.filter(({ decision }) => decision.kind === 'postpone');
    expect(postponed.map(({ attempts }) => attempts)).toEqual(postponed.map(() => 0));
    expect(postponed.length + dead.length).toBe(300);
  });

  it('F62: once it is back, one success lets all be called, and what was postponed is due at once', async () => {
    const engine = await startCalling();
    await setup.publish(...texts(50));
    await setup.acknowledged(50);
    const attempts = await runHeld();
    expect(new Set(attempts.map(({ kind }) => kind))).toEqual(new Set(['interrupted']));
    isDown = false;
    await setup.publish(['fresh', 'x']);
    await eventually(async () => {
      if (!setup.handled.includes('freshx')) await runHeld();
      return engine.health().detail === 'consuming';
    });
    await eventually(() => setup.failures.resumed.includes('Notes.take'));
  });

  it('F15 F62: a lone poison message is no outage: its attempts count, and the others flow', async () => {
    isDown = false;
    await setup.publish(['bad', 'poison'], ...texts(100));
    const engine = await startCalling({ delayedAttempts: 0 });
    await setup.acknowledged(101);
    expect(setup.handled).toHaveLength(100);
    expect(setup.failures.failed).toMatchObject([{ attempts: 3, decision: { kind: 'dead-letter' } }]);
    expect(engine.health().detail).toBe('consuming');
  });

  it('F62: an error of the prepare phase is the database\u2019s: it counts, and makes no outage', async () => {
    await setup.start(
      'outside-call',
      () => {
        throw new Error('a constraint');
      },
      { callLimit: true, retry: { immediateAttempts: 1, delayedAttempts: 0 } },
    );
    await setup.publish(...texts(50));
    await setup.acknowledged(50);
    expect([setup.failures.failed.length, decisions(), calls]).toEqual([50, new Set(['dead-letter']), 0]);
  });

  it('F62: holds for a transactional handler that asks for it', async () => {
    const engine = await setup.start('single', async ([message]) => callOrFail(message?.data.text ?? ''), {
      callLimit: true,
      retry: { immediateAttempts: 1, delayedAttempts: 0 },
    });
    await setup.publish(...texts(100));
    await setup.acknowledged(100);
    expect(engine.health().detail).toContain('Notes.take');
    const dead = setup.failures.failed.filter(({ decision }) => decision.kind === 'dead-letter');
    expect(dead.length).toBeLessThanOrEqual(4);
  });
});
