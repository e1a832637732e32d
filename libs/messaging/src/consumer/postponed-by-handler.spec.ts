import { EngineSetup } from '../testing/engine-setup.js';
import type { Invoke } from '../testing/engine-setup.js';

class NotHere extends Error {}

describe('a message that another process is to handle', () => {
  let setup: EngineSetup;
  beforeEach(() => (setup = new EngineSetup()));
  afterEach(() => setup.stop());

  const takeOthers: Invoke = (messages, context) => {
    if (messages.some(({ data }) => data.text === 'later')) throw new NotHere('of a later release');
    setup.take(messages, context);
  };
  const options = {
    retry: { immediateAttempts: 1, delayedAttempts: 0 },
    postponeMs: (error: unknown) => (error instanceof NotHere ? 2_000 : undefined),
  };

  it.each(['single', 'batch'] as const)('waits, uncounted, and holds up its own key alone (%s)', async (kind) => {
    await setup.start(kind, takeOthers, options);
    await setup.publish(['a', '1'], ['b', 'later'], ['a', '2'], ['c', '3']);
    await setup.acknowledged(4);
    expect(setup.handled.toSorted()).toEqual(['a1', 'a2', 'c3']);
    expect(setup.failures.failed).toMatchObject([{ attempts: 0, decision: { kind: 'postpone', delayMs: 2_000 } }]);
  });

  it('waits on, however often it is run', async () => {
    await setup.start('batch', takeOthers, options);
    await setup.publish(['b', 'later']);
    await setup.acknowledged(1);
    const [message] = setup.failures.failed;
    if (!setup.held || !message) throw new Error('Not held');
    const result = await setup.held.run(message, { attempt: 50, claim: async () => true });
    expect(result).toMatchObject({ kind: 'interrupted', retryAfterMs: 2_000 });
  });
});
