import type { ReceivedMessage } from '../received-message.js';
import { EngineSetup } from '../testing/engine-setup.js';
import { eventually } from '../testing/eventually.js';
import type { Note } from '../testing/test-contract.js';

describe('handlers with an outside call', () => {
  let setup: EngineSetup;
  beforeEach(() => {
    setup = new EngineSetup();
  });
  afterEach(async () => setup.stop());

  it('F47: holds back only the later messages of its own key while a call is slow', async () => {
    let finish: () => void = () => {};
    const slow = new Promise<void>((resolve) => (finish = resolve));
    await setup.publish(['a', 'slow'], ['a', '2'], ...Array.from({ length: 50 }, (_, i) => [`k${i}`, 'x'] as const));
    await setup.start('outside-call', (messages) =>
      setup.plan(messages, async ({ data }) => {
        if (data.text === 'slow') await slow;
        return data.text;
      }),
    );
    await eventually(() => setup.handled.length === 50);
    expect(setup.handled).not.toContain('a2');
    finish();
    await setup.acknowledged(52);
    expect(setup.settled).toBe(52); // preparing a call is not the end of a message
    expect(setup.handled.filter((entry) => entry.startsWith('a'))).toEqual(['aslow', 'a2']);
  });

  it.each([
    ['once, where the phases share their function', true, {}, [2]],
    ['also where their limit watches the calls', true, { callLimit: true }, [2]],
    ['phase by phase, where each brings its own', false, {}, [1, 1]],
  ] as const)(
    'concludes calls of several prepare phases that end together: %s',
    async (_, shared, options, expected) => {
      let finish: () => void = () => {};
      const slow = new Promise<void>((resolve) => (finish = resolve));
      const concluded: number[] = [];
      const concluding =
        () =>
        async (called: readonly { readonly message: ReceivedMessage<Note> }[], tx: unknown): Promise<void> => {
          concluded.push(called.length);
          setup.take(
            called.map(({ message }) => message),
            { tx },
          );
        };
      const sharedConclude = concluding();
      let calling = 0;
      const prepare = (messages: readonly unknown[]) => ({
        calls: messages.map(() => async () => {
          calling += 1;
          await slow;
        }),
        conclude: shared ? sharedConclude : concluding(),
      });
      await setup.start('outside-call', prepare, options);
      for (const key of ['a', 'b']) {
        const before = calling;
        await setup.publish([key, '1']);
        await eventually(() => calling === before + 1);
      }
      finish();
      await setup.acknowledged(2);
      expect(concluded).toEqual(expected);
      expect(setup.handled.toSorted()).toEqual(['a1', 'b1']);
    },
  );

  it('counts a call that fails, tries again from the prepare phase, then hands it to the failure store', async () => {
    let prepared = 0;
    await setup.publish(['a', 'bad'], ['a', '2'], ['b', '1']);
    await setup.start('outside-call', (messages) =>
      setup.plan(messages, async ({ data }) => {
        if (data.text !== 'bad') return data.text;
        prepared += 1;
        throw new Error('gateway says no');
      }),
    );
    await setup.acknowledged(3);
    expect([prepared, setup.handled]).toEqual([3, ['b1']]);
    expect(setup.failures.failed).toMatchObject([{ attempts: 3 }]);
    expect(setup.failures.parked).toHaveLength(1);
  });

  it('ends a call at its deadline and tells it so', async () => {
    const aborted: boolean[] = [];
    await setup.publish(['a', '1']);
    await setup.start('outside-call', (messages) =>
      setup.plan(messages, async (_, signal) => {
        await new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve());
        });
        aborted.push(signal.aborted);
        return 'too late';
      }),
    );
    await setup.acknowledged(1);
    expect(aborted).toEqual([true, true, true]);
    expect(setup.failures.failed).toMatchObject([{ error: { code: 'OUTSIDE_CALL_TIMED_OUT' } }]);
  });

  it('does not make the call again for a message that has been dealt with', async () => {
    let calls = 0;
    await setup.publish(['a', '1', 'id']);
    await setup.start('outside-call', (messages) => setup.plan(messages, async () => String((calls += 1))));
    await setup.acknowledged(1);
    await setup.publish(['b', '1', 'id']);
    await setup.acknowledged(2);
    expect([calls, setup.handled]).toEqual([1, ['a1']]);
  });

  it('F37: finishes the calls in flight when it drains, and takes nothing new', async () => {
    let finish: () => void = () => {};
    const slow = new Promise<void>((resolve) => (finish = resolve));
    let calling = false;
    await setup.publish(['a', '1'], ['a', '2']);
    const engine = await setup.start('outside-call', (messages) =>
      setup.plan(messages, async () => {
        calling = true;
        await slow;
        return 'done';
      }),
    );
    await eventually(() => calling);
    const drained = engine.drain(5_000);
    finish();
    await drained;
    expect(setup.handled).toEqual(['a1']);
    expect(engine.health()).toEqual({ healthy: false, detail: 'stopped' });
  });
});
